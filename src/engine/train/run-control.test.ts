import { expect, test } from 'vitest';
import { createRunControl } from './run-control.ts';

test('an evaluation is asked for once, and a pause lasts until it is ended', () => {
  const control = createRunControl();
  expect([control.isPaused, control.takeEvaluation()]).toEqual([false, false]);
  control.evaluate();
  control.evaluate();
  expect([control.takeEvaluation(), control.takeEvaluation()]).toEqual([true, false]);
  control.pause();
  expect(control.isPaused).toBe(true);
  control.resume();
  expect(control.isPaused).toBe(false);
});

test.each([
  ['resuming', 'resume'],
  ['an evaluation', 'evaluate'],
] as const)('%s ends the waiting', async (_, act) => {
  const control = createRunControl();
  control.pause();
  const waiting = control.change();
  control[act]();
  await waiting;
});

test('stopping ends the waiting, also when it came before', async () => {
  const control = createRunControl();
  const controller = new AbortController();
  const waiting = control.change(controller.signal);
  controller.abort();
  await waiting;
  await control.change(controller.signal);
});
