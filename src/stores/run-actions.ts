/** What a person does with a run that was kept, beyond looking at it. */
import type { KeptForm } from '../hub/run-models.ts';
import { Problem } from '../lib/problem.ts';
import { opfsReader } from '../storage/opfs-reader.ts';
import { readRun, RUNS_FOLDER } from '../storage/saved-runs.ts';
import { askLibrary } from './library-link.ts';
import { problemsStore, report } from './problems.ts';
import { recipesStore } from './recipes.ts';
import type { RunRecord } from './runs.ts';
import { runsViewStore } from './runs-view.ts';
import { saveFile } from './save-file.ts';
import { savedRunsStore } from './saved-runs.ts';
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
  await openRunModel({ kind: 'trained', id, name });
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

/** Whether the run could go on: it was not brought to its end. */
export function canContinue({ outcome, steps, totalSteps }: RunRecord): boolean {
  return outcome === 'interrupted' || (outcome === 'stopped' && steps < totalSteps);
}

/** Goes on from the run's last checkpoint, with the data that it began with. */
export async function continueRun(record: RunRecord): Promise<void> {
  problemsStore.getState().clear('runs');
  try {
    const saved = await readRun(opfsReader(RUNS_FOLDER), record.id);
    if (!saved) {
      throw new Problem({
        where: record.name,
        expected: 'what it goes on from: its last checkpoint',
        found: 'none on this machine',
        fix: 'Use its settings and train again, or fine-tune again from its model.',
      });
    }
    runsViewStore.getState().close();
    savedRunsStore.setState({ offer: saved });
    await savedRunsStore.getState().goOn();
  } catch (error) {
    report('runs', error, record.name);
  }
}
