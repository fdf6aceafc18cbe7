import { describe, expect, it } from 'vitest';
import { completeArguments } from '../../engine/train/arguments.ts';
import { createStepSeries } from '../../engine/train/step-series.ts';
import { comparedRows, differing, measureRows } from './compare.ts';
import { orderBy, searchRows, sortRows, type RunRow } from './run-columns.ts';

function row(number: number, change: Partial<RunRow> = {}): RunRow {
  return {
    ...{ id: `${number}`, number, name: `run ${number}`, note: '', startedAt: number, endedAt: 1, outcome: 'finished', bytes: 0 },
    ...{ problem: null, settings: completeArguments({}), classes: ['a', 'b'], pairs: false, totalSteps: 10, guessingLoss: 0.7 },
    data: { name: 'toy.csv', fingerprint: 'aaaaaaaabb', train: 8, validation: 2, test: 0 },
    model: { kind: 'starter', name: 'Starter', parameters: 100 },
    compute: { backend: 'simd', title: 'CPU' },
    ...{ steps: 10, seconds: number, evaluations: [], evaluation: null, best: null, weightsStep: 10, test: null },
    ...{ modelBytes: null, modelProblem: null, deletedAt: null },
    ...change,
  };
}

const measured = (step: number, macroF1: number) => ({
  ...{ step, epoch: 1, loss: 1 - macroF1, accuracy: macroF1, macroF1, perClassF1: [macroF1, macroF1], confusion: [] },
});

describe('the table', () => {
  it('sorts by any column, runs without a value last either way', () => {
    const rows = [row(1, { evaluation: measured(5, 0.7) }), row(2), row(3, { evaluation: measured(5, 0.9) })];
    const by = (descending: boolean) => sortRows(rows, { column: 'macroF1', descending }).map(({ number }) => number);
    expect(by(true)).toEqual([3, 1, 2]);
    expect(by(false)).toEqual([1, 3, 2]);
    expect(sortRows(rows, { column: 'data', descending: false }).map(({ number }) => number)).toEqual([3, 2, 1]);
  });

  it('begins with what is best of a column, and turns round', () => {
    const order = { column: 'started', descending: true } as const;
    expect(orderBy('loss', order)).toEqual({ column: 'loss', descending: false });
    expect(orderBy('started', order)).toEqual({ column: 'started', descending: false });
  });

  it('finds every word anywhere', () => {
    const rows = [row(1, { note: 'Only the head' }), row(2, { name: 'head and tail' }), row(3)];
    expect(searchRows(rows, 'head  TOY').map(({ number }) => number)).toEqual([1, 2]);
    expect(searchRows(rows, '')).toHaveLength(3);
  });
});

describe('comparing', () => {
  const slow = row(1, { evaluation: measured(10, 0.7) });
  const fast = row(2, {
    settings: completeArguments({ learning_rate: 1e-3 }),
    evaluation: measured(10, 0.9),
    evaluations: [measured(2, 0.4), measured(10, 0.9)],
  });

  it('shows only what differs', () => {
    expect(differing([slow, slow])).toEqual([]);
    expect(differing([slow, fast])).toEqual([{ name: 'learning_rate', values: ['2e-4', '0.001'] }]);
    const elsewhere = { ...slow, data: { ...slow.data, fingerprint: 'bbbbbbbbbb' } };
    expect(differing([slow, elsewhere]).map(({ name }) => name)).toEqual(['data']);
  });

  it('marks the best of each measure, a loss by less', () => {
    const rows = new Map(measureRows([slow, fast]).map((each) => [each.name, each]));
    expect(rows.get('Macro F1')).toEqual({ name: 'Macro F1', values: ['0.700', '0.900'], best: [1] });
    expect(rows.get('Validation loss')?.best).toEqual([1]);
    expect(rows.get('Time')?.best).toEqual([0]);
    expect(rows.get('Steps')?.best).toEqual([]);
    expect(rows.has('Macro F1 on test rows')).toBe(false);
  });

  it('has a row for each step that any run has', () => {
    const series = createStepSeries();
    series.push([{ step: 1, epoch: 0, loss: 2, learningRate: 0, gradNorm: 0, rows: 0, tokens: 0, seconds: 0 }]);
    const runs = [slow, fast].map((record) => ({ record, color: 'red' }));
    expect(comparedRows(runs, new Map([['1', series]]), 'loss')).toEqual([
      ['step', 'run 1', 'run 2'],
      [1, 2, ''],
    ]);
    expect(comparedRows(runs, new Map(), 'macroF1').slice(1)).toEqual([
      [2, '', 0.4],
      [10, '', 0.9],
    ]);
  });
});
