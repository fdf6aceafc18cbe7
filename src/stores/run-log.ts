/** A run in words, to be copied into a message or an issue: settings, data, device, evaluations, problems. None of the texts. */
import type { Evaluation } from '../protocol/trainer.ts';
import { computeStore } from './compute.ts';
import { evaluationPoints, stepSeries } from './curves.ts';
import { dataStore } from './data.ts';
import { modelStore } from './model.ts';
import { problemsStore } from './problems.ts';
import { runStore } from './run.ts';
import { SETTINGS } from './setting-layout.ts';
import { draftOf } from './settings.ts';

function line(name: string, value: string | number): string {
  return `${name}: ${value}`;
}

function evaluationLine({ step, epoch, loss, accuracy, macroF1, metrics }: Evaluation): string {
  const interval = metrics?.macroF1Interval;
  const range = interval ? ` (${interval.low.toFixed(4)} to ${interval.high.toFixed(4)})` : '';
  return (
    `step ${step}, epoch ${epoch.toFixed(2)}: validation loss ${loss.toFixed(4)}, accuracy ${accuracy.toFixed(4)}, ` +
    `macro F1 ${macroF1.toFixed(4)}${range}`
  );
}

export function runLog(): string {
  const { settings, totalSteps, classes, truncatedRows, remarks, tiles, result } = runStore.getState();
  const { dataset } = dataStore.getState();
  const { info: model } = modelStore.getState();
  const { info: compute } = computeStore.getState();
  const steps = stepSeries();
  const last = steps.length > 0 ? steps.at(steps.length - 1) : null;
  const { problems } = problemsStore.getState();
  const sections: readonly (readonly [string, readonly string[]])[] = [
    ['Settings', settings ? SETTINGS.map((name) => line(name, draftOf(settings[name]))) : []],
    [
      'Data',
      dataset?.profile
        ? [
            line('file', dataset.summary.name),
            line('rows', `${dataset.profile.trainRows} to train on, ${dataset.profile.validationRows} to validate with`),
            line('classes', classes.join(', ')),
            line('cut at max_length', truncatedRows),
          ]
        : [],
    ],
    [
      'Model',
      model ? [line('name', model.name), line('type', model.modelType), line('weights', model.parameters), ...remarks] : [],
    ],
    [
      'Device',
      [
        ...(compute ? [line('computes on', compute.title), compute.reason] : []),
        ...(tiles ? [line('matrix tiles', `${tiles.kind === 'tuned' ? 'tuned' : 'not tuned'}, ${tiles.text}`)] : []),
      ],
    ],
    ['Evaluations', evaluationPoints().map(evaluationLine)],
    [
      'Run',
      [
        line('steps', `${steps.length} of ${totalSteps}`),
        ...(last
          ? [line('last training loss', last.loss.toFixed(4)), line('rows a second', Math.round(last.rows / last.seconds))]
          : []),
        ...(result
          ? [line('outcome', `${result.outcome} after ${result.seconds.toFixed(1)} s, weights of step ${result.weightsStep}`)]
          : []),
      ],
    ],
    ['Problems', problems.map(({ where, expected, found, fix }) => `${where}: expected ${expected}, found ${found}. ${fix}`)],
  ];
  return sections
    .filter(([, lines]) => lines.length > 0)
    .map(([title, lines]) => `${title}\n${lines.map((each) => `  ${each}`).join('\n')}`)
    .join('\n\n');
}
