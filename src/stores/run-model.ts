/** Where a run's model comes from, as the run keeps it, and as a source that can be opened again. */
import type { ModelSource } from '../protocol/trainer.ts';
import type { RunAbout, RunModel } from '../storage/saved-runs.ts';

export function runModel(source: ModelSource, name: string): RunModel {
  switch (source.kind) {
    case 'starter':
      return { kind: 'starter', name };
    case 'hub':
      return { kind: 'hub', name, key: source.key, id: source.id };
    case 'files':
    case 'run':
    case 'trained':
      return { kind: 'files', name };
    default:
      return source satisfies never;
  }
}

export function sourceOfRun({ id, model }: RunAbout): ModelSource {
  switch (model.kind) {
    case 'starter':
      return { kind: 'starter' };
    case 'hub':
      return { kind: 'hub', key: model.key, id: model.id };
    case 'files':
      return { kind: 'run', id, name: model.name };
    default:
      return model satisfies never;
  }
}
