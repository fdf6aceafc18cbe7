/** What one click does about a finding. */
import type { Remedy } from '../../data/doctor/finding.ts';
import { dataStore } from '../../stores/data.ts';
import { settingsStore } from '../../stores/settings.ts';

export function applyRemedy(remedy: Remedy): void {
  switch (remedy.kind) {
    case 'mend':
      void dataStore.getState().mend(remedy.mend);
      return;
    case 'setting':
      settingsStore.getState().edit(remedy.name, remedy.value);
      return;
    case 'columns':
      void dataStore.getState().choose({ choice: remedy.choice });
      return;
    default:
      remedy satisfies never;
  }
}
