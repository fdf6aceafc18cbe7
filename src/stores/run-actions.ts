/** What a person does with a run that was kept, beyond looking at it. */
import type { KeptForm } from '../hub/run-models.ts';
import { askLibrary } from './library-link.ts';
import { problemsStore, report } from './problems.ts';
import { recipesStore } from './recipes.ts';
import type { RunRecord } from './runs.ts';
import { runsViewStore } from './runs-view.ts';
import { saveFile } from './save-file.ts';
import { openRunModel } from './session.ts';

/** "reviews on Starter · 3" -> "reviews-on-starter-3" */
export function fileNameOf({ name }: RunRecord): string {
  const safe = name
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}._-]+/gu, '-')
    .replaceAll(/^[-.]+|[-.]+$/g, '');
  return safe || 'run';
}

/** Opens the run's model as the base of the next run. */
export async function fineTuneAgain({ id, name }: RunRecord): Promise<void> {
  runsViewStore.getState().close();
  await openRunModel({ kind: 'run', id, name });
}

export function takeSettings({ name, settings }: RunRecord): void {
  recipesStore.getState().take(`“${name}”`, () => settings);
  runsViewStore.getState().close();
}

export async function downloadRunModel(record: RunRecord, form: KeptForm): Promise<void> {
  problemsStore.getState().clear('runs');
  try {
    const zip = await askLibrary(({ library }) => library.packRun(record.id, form, record.name));
    saveFile(`${fileNameOf(record)}${form === 'adapter' ? '-lora' : ''}.zip`, zip);
  } catch (error) {
    report('runs', error, record.name);
  }
}
