import { expect, test } from 'vitest';
import { rankClasses } from './rank-classes.ts';

test('best first; the best is predicted, or each class that reaches its half', () => {
  const said = (probabilities: readonly number[], problemType: Parameters<typeof rankClasses>[2]) =>
    rankClasses(['a', 'b', 'c'], probabilities, problemType).map(({ label, predicted }) => `${label}${predicted ? '!' : ''}`);
  expect(said([0.2, 0.5, 0.3], 'single_label_classification')).toEqual(['b!', 'c', 'a']);
  expect(said([0.9, 0.49, 0.5], 'multi_label_classification')).toEqual(['a!', 'c!', 'b']);
  expect(said([0.1, 0.2, 0.3], 'multi_label_classification')).toEqual(['c', 'b', 'a']);
});
