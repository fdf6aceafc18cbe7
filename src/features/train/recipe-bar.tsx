/** Recipes above the settings: saved by name, loaded, deleted, shared as a link or as a file. */
import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useStore } from 'zustand';
import { useShallow } from 'zustand/react/shallow';
import { FileInput, useFileInput } from '../../components/file-input.tsx';
import { LinkButton } from '../../components/link-button.tsx';
import { ProblemList } from '../../components/problem-list.tsx';
import { problemsStore } from '../../stores/problems.ts';
import { LONGEST_NAME, recipesStore } from '../../stores/recipes.ts';
import { saveFile } from '../../stores/save-file.ts';
import { presentSettings } from '../../stores/settings.ts';
import { readRecipeText, recipeText, type RecipeFormat } from './recipe-file.ts';
import classes from './settings.module.css';

const TYPES: Readonly<Record<RecipeFormat, string>> = { json: 'application/json', yaml: 'application/yaml' };

export function RecipeBar() {
  const problems = useStore(
    problemsStore,
    useShallow((state) => state.problems.filter(({ place }) => place === 'training')),
  );
  const said = useStore(recipesStore, (state) => state.said);
  const [link, setLink] = useState<string | null>(null);
  return (
    <>
      <ProblemList problems={problems} onDismiss={problemsStore.getState().dismiss} />
      <div className={classes.recipes} role="group" aria-label="Recipes">
        <Saved />
        <SaveAs />
        <Share onLink={setLink} />
        {link !== null && <LinkField link={link} />}
        <p className={classes.said} role="status">
          {said.length > 0 ? said.join(' ') : 'A recipe is these settings and nothing of your data.'}
        </p>
      </div>
    </>
  );
}

function Saved() {
  const names = useStore(recipesStore, (state) => state.names);
  const [chosen, setChosen] = useState('');
  const name = names.includes(chosen) ? chosen : (names[0] ?? '');
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        recipesStore.getState().load(name);
      }}
    >
      <NativeSelect
        label="Saved recipes"
        value={name}
        disabled={names.length === 0}
        data={names.length === 0 ? ['none yet'] : names.slice()}
        onChange={(event) => setChosen(event.currentTarget.value)}
      />
      <Button type="submit" variant="default" disabled={names.length === 0}>
        Load
      </Button>
      <Button variant="default" disabled={names.length === 0} onClick={() => recipesStore.getState().remove(name)}>
        Delete
      </Button>
    </form>
  );
}

function SaveAs() {
  const [name, setName] = useState('');
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        recipesStore.getState().save(name);
      }}
    >
      <TextInput
        label="Recipe name"
        placeholder="short reviews"
        maxLength={LONGEST_NAME}
        autoComplete="off"
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <Button type="submit" variant="default" disabled={name.trim() === ''}>
        Save
      </Button>
    </form>
  );
}

function Share({ onLink }: { readonly onLink: (link: string) => void }) {
  const { ref, open } = useFileInput();
  const saveAs = (format: RecipeFormat): void => {
    const settings = presentSettings();
    if (settings) saveFile(`recipe.${format}`, recipeText(settings, format), TYPES[format]);
  };
  const share = (): void => {
    const hash = recipesStore.getState().link();
    if (hash !== null) onLink(new URL(hash, window.location.href).href);
  };
  const read = async ([file]: readonly File[]): Promise<void> => {
    if (!file) return;
    const text = await file.text();
    recipesStore.getState().take(file.name, () => readRecipeText(file.name, text));
  };
  return (
    <div className={classes.recipeLinks}>
      <FileInput label="Recipe file" inputRef={ref} accept=".json,.yaml,.yml" onFiles={(files) => void read(files)} />
      <LinkButton onClick={share}>Share as a link</LinkButton>
      <LinkButton onClick={() => saveAs('json')}>Save as JSON</LinkButton>
      <LinkButton onClick={() => saveAs('yaml')}>Save as YAML</LinkButton>
      <LinkButton onClick={open}>Open a file</LinkButton>
    </div>
  );
}

/** The link to take along; copied where the browser lets a page do that, and there to be copied by hand. */
function LinkField({ link }: { readonly link: string }) {
  const [copied, setCopied] = useState<string | null>(null);
  return (
    <div className={classes.link}>
      <TextInput label="Link to these settings" readOnly value={link} onFocus={(event) => event.currentTarget.select()} />
      <Button
        variant="default"
        onClick={() => {
          navigator.clipboard.writeText(link).then(
            () => setCopied(link),
            () => setCopied(null),
          );
        }}
      >
        {copied === link ? 'Copied' : 'Copy'}
      </Button>
    </div>
  );
}
