/** One setting of the next run as a field that says at once what is wrong with it: a text, a choice, or a switch. */
import { NativeSelect, Switch, TextInput } from '@mantine/core';
import { useId, type ReactNode } from 'react';
import { useStore } from 'zustand';
import { ARGUMENTS } from '../../engine/train/argument-table.ts';
import type { ArgumentName } from '../../engine/train/arguments.ts';
import { LAYOUT } from '../../stores/setting-layout.ts';
import { fieldKind, isInUse, settingError, settingsStore } from '../../stores/settings.ts';
import classes from './train.module.css';

export interface SettingFieldProps {
  readonly name: ArgumentName;
  /** Stands below the field and describes it. */
  readonly description?: ReactNode;
}

export function SettingField({ name, description }: SettingFieldProps) {
  const draft = useStore(settingsStore, ({ drafts }) => drafts[name]);
  const inUse = useStore(settingsStore, ({ drafts }) => isInUse(name, drafts));
  const error = useStore(settingsStore, ({ drafts }) => settingError(name, drafts));
  const id = useId();
  const { label, words, needs } = LAYOUT[name];
  const edit = (text: string): void => settingsStore.getState().edit(name, text);
  const props = {
    label,
    disabled: !inUse,
    ...(description !== undefined && { 'aria-describedby': id }),
    ...(inUse ? {} : { title: needs?.otherwise }),
  };
  return (
    <div className={classes.field}>
      {fieldKind(name) === 'choice' ? (
        <NativeSelect
          {...props}
          value={draft}
          data={(ARGUMENTS[name].choices ?? []).map((value) => ({ value, label: words?.[value] ?? value }))}
          onChange={(event) => edit(event.currentTarget.value)}
        />
      ) : fieldKind(name) === 'flag' ? (
        <Switch
          {...props}
          size="sm"
          color="var(--accent)"
          checked={draft === 'true'}
          onChange={(event) => edit(String(event.currentTarget.checked))}
        />
      ) : (
        <TextInput
          {...props}
          autoComplete="off"
          spellCheck={false}
          value={draft}
          error={error}
          onChange={(event) => edit(event.currentTarget.value)}
        />
      )}
      {description !== undefined && (
        <div id={id} className={classes.description}>
          {description}
        </div>
      )}
    </div>
  );
}
