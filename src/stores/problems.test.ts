import { beforeEach, describe, expect, it } from 'vitest';
import { Problem } from '../lib/problem.ts';
import { problemsStore, problemText, report } from './problems.ts';
import { viewStore } from './view.ts';

const problem = new Problem({ where: 'a.csv, header', expected: 'two columns', found: 'one', fix: 'Add a label column.' });
const listed = () => problemsStore.getState().problems;

beforeEach(() => {
  for (const { id } of listed()) problemsStore.getState().dismiss(id);
});

describe('problems', () => {
  it('lists a problem once, in its four parts', () => {
    report('data', problem, 'a.csv');
    report('data', problem, 'a.csv');
    expect(listed()).toHaveLength(1);
    expect(listed()[0]).toMatchObject({
      place: 'data',
      where: 'a.csv, header',
      expected: 'two columns',
      found: 'one',
      fix: 'Add a label column.',
    });
  });

  it('clears one station and leaves the others', () => {
    report('data', problem, 'a.csv');
    report('model', new Error('boom'), 'Starter');
    problemsStore.getState().clear('data');
    expect(listed().map(({ place }) => place)).toEqual(['model']);
  });

  it('calls any other error a fault of ours, with its words', () => {
    expect(problemText(new TypeError('x is undefined'), 'Training')).toMatchObject({
      where: 'Training',
      found: 'TypeError: x is undefined',
    });
    expect(problemText('odd', 'Training').found).toBe('odd');
  });

  it('brings the station of a new problem to the front', () => {
    viewStore.getState().show('try');
    report('model', problem, 'Starter');
    expect(viewStore.getState().front).toBe('model');
  });
});
