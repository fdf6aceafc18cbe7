/**
 * Every setting, in groups, over the full width: each with what it does, its name in `TrainingArguments`, its default, Hugging Face's where
 * that differs, and a way back. Made from the engine's argument table and the page's layout of it.
 */
import '@mantine/core/styles/InlineInput.css';
import '@mantine/core/styles/Switch.css';
import { Button } from '@mantine/core';
import { useStore } from 'zustand';
import { Dialog } from '../../components/dialog.tsx';
import { LinkButton } from '../../components/link-button.tsx';
import { ARGUMENTS } from '../../engine/train/argument-table.ts';
import type { ArgumentName } from '../../engine/train/arguments.ts';
import { LAYOUT, SETTING_GROUPS, SETTINGS, type SettingGroup } from '../../stores/setting-layout.ts';
import { draftOf, initialDraft, isChanged, isInUse, readDraft, settingsStore } from '../../stores/settings.ts';
import { RecipeBar } from './recipe-bar.tsx';
import { ScheduleCurve } from './schedule-curve.tsx';
import { SettingField } from './setting-field.tsx';
import classes from './settings.module.css';

const GROUPS = Object.keys(SETTING_GROUPS) as readonly SettingGroup[];

export default function SettingsDialog({ onClose }: { readonly onClose: () => void }) {
  const changed = useStore(settingsStore, ({ drafts }) => SETTINGS.filter((name) => isChanged(name, drafts[name])).length);
  return (
    <Dialog onClose={onClose} title="All settings" size="84rem">
      <RecipeBar />
      <div className={classes.groups}>
        {GROUPS.map((group) => (
          <section key={group} aria-labelledby={`settings-${group}`} className={classes.group}>
            <h3 id={`settings-${group}`} className={classes.heading}>
              {SETTING_GROUPS[group]}
            </h3>
            {group === 'schedule' && <ScheduleCurve />}
            {SETTINGS.filter((name) => LAYOUT[name].group === group).map((name) => (
              <SettingField key={name} name={name} description={<About name={name} />} />
            ))}
          </section>
        ))}
      </div>
      <div className={classes.foot}>
        <Button variant="default" size="sm" disabled={changed === 0} onClick={() => settingsStore.getState().reset()}>
          {changed === 0 ? 'All defaults' : `Back to the defaults (${changed} changed)`}
        </Button>
        <Button variant="filled" size="sm" onClick={onClose}>
          Done
        </Button>
      </div>
    </Dialog>
  );
}

/** A value as a person reads it: the word of a choice, on or off. */
function shown(name: ArgumentName, draft: string): string {
  const word = LAYOUT[name].words?.[draft];
  if (word !== undefined) return word.toLowerCase();
  return draft === 'true' ? 'on' : draft === 'false' ? 'off' : draft;
}

function About({ name }: { readonly name: ArgumentName }) {
  const draft = useStore(settingsStore, ({ drafts }) => drafts[name]);
  const inUse = useStore(settingsStore, ({ drafts }) => isInUse(name, drafts));
  const { explanation, huggingFace } = ARGUMENTS[name];
  const initial = initialDraft(name);
  const theirs = huggingFace === null ? null : draftOf(huggingFace);
  const differs = theirs !== null && String(readDraft(name, theirs)) !== String(readDraft(name, initial));
  return (
    <>
      <p>
        {explanation}
        {!inUse && <em className={classes.unused}> {LAYOUT[name].needs?.otherwise}</em>}
      </p>
      <p className={classes.facts}>
        <code>{name}</code>
        <span>
          Default {shown(name, initial)}
          {differs && ` · Hugging Face ${shown(name, theirs)}`}
        </span>
        {isChanged(name, draft) && (
          <LinkButton aria-label={`Reset ${LAYOUT[name].label}`} onClick={() => settingsStore.getState().reset(name)}>
            Reset
          </LinkButton>
        )}
      </p>
    </>
  );
}
