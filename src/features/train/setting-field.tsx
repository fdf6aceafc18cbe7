/** One setting of the next run as a text field that says at once what is wrong with it. */
import { TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { useStore } from 'zustand';
import { settingError, SETTINGS, settingsStore, type SettingName } from '../../stores/settings.ts';

export interface SettingFieldProps {
  readonly name: SettingName;
  readonly description?: ReactNode;
}

export function SettingField({ name, description }: SettingFieldProps) {
  const draft = useStore(settingsStore, (state) => state.drafts[name]);
  const { label, integer } = SETTINGS[name];
  return (
    <TextInput
      label={label}
      description={description}
      inputMode={integer ? 'numeric' : 'text'}
      autoComplete="off"
      spellCheck={false}
      value={draft}
      error={settingError(name, draft)}
      onChange={(event) => settingsStore.getState().edit(name, event.currentTarget.value)}
    />
  );
}
