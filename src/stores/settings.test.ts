import { beforeEach, describe, expect, it } from 'vitest';
import { ARGUMENTS } from '../engine/train/argument-table.ts';
import { ARGUMENT_NAMES, completeArguments } from '../engine/train/arguments.ts';
import { LAYOUT } from './setting-layout.ts';
import { draftOf, fieldKind, isChanged, isInUse, parseSettings, readDraft, settingError, settingsStore } from './settings.ts';

const drafts = () => settingsStore.getState().drafts;
const edited = (changes: Partial<ReturnType<typeof drafts>>) => ({ ...drafts(), ...changes });

beforeEach(() => settingsStore.getState().reset());

describe('settings', () => {
  it('starts with the defaults of the table, and keeps the best weights', () => {
    expect(parseSettings(drafts())).toEqual(completeArguments({ load_best_model_at_end: true }));
  });

  it('writes each default so that it is read back', () => {
    for (const name of ARGUMENT_NAMES) {
      expect(readDraft(name, draftOf(ARGUMENTS[name].ours)), name).toEqual(ARGUMENTS[name].ours);
      expect(isChanged(name, drafts()[name]), name).toBe(false);
    }
    expect(readDraft('class_weights', draftOf([1, 2.5]))).toEqual([1, 2.5]);
  });

  it('has a word for each choice of each argument', () => {
    for (const name of ARGUMENT_NAMES) {
      if (fieldKind(name) === 'choice')
        expect(Object.keys(LAYOUT[name].words ?? {}).sort(), name).toEqual([...(ARGUMENTS[name].choices ?? [])].sort());
    }
  });

  it('takes numbers as people write them', () => {
    expect(parseSettings(edited({ learning_rate: ' 0,00005 ' }))).toMatchObject({ learning_rate: 5e-5 });
    expect(parseSettings(edited({ learning_rate: '1E-4' }))).toMatchObject({ learning_rate: 1e-4 });
    expect(isChanged('learning_rate', '0.0002')).toBe(false);
    expect(isChanged('learning_rate', '0.0003')).toBe(true);
  });

  it('says what is wrong with a field, and which', () => {
    const error = (name: (typeof ARGUMENT_NAMES)[number], text: string) => settingError(name, edited({ [name]: text }));
    expect(error('num_train_epochs', '')).toBe('Epochs must be a number above 0, like 3');
    expect(error('per_device_train_batch_size', '1.5')).toMatch(/whole number/);
    expect(error('learning_rate', 'fast')).toMatch(/like 2e-4/);
    expect(error('learning_rate', 'NaN')).toMatch(/must be a number/);
    expect(error('max_length', '1')).toMatch(/from 2/);
    expect(error('warmup_ratio', '10')).toMatch(/from 0 to 1/);
    expect(error('class_weights', '1, -2')).toMatch(/numbers above 0/);
    expect(parseSettings(edited({ seed: '-1' }))).toEqual({
      wrong: 'seed',
      message: 'Training seed must be a whole number from 0, like 42',
    });
  });

  it('leaves out what is not in use, whatever stands there', () => {
    const onlyAtTheEnd = edited({ eval_strategy: 'no', eval_steps: 'x', early_stopping_patience: '3' });
    expect(isInUse('eval_steps', onlyAtTheEnd)).toBe(false);
    expect(settingError('eval_steps', onlyAtTheEnd)).toBeNull();
    expect(parseSettings(onlyAtTheEnd)).toMatchObject({
      eval_strategy: 'no',
      early_stopping_patience: 0,
      load_best_model_at_end: false,
    });
    expect(parseSettings(edited({ eval_strategy: 'steps', eval_steps: 'x' }))).toMatchObject({ wrong: 'eval_steps' });
  });

  it('resets one, resets all, and takes over a recipe', () => {
    const { edit, reset, load } = settingsStore.getState();
    edit('seed', '7');
    edit('weight_decay', '0');
    reset('seed');
    expect(drafts()).toMatchObject({ seed: '42', weight_decay: '0' });
    const recipe = completeArguments({ learning_rate: 3e-5, class_weights: [1, 3], load_best_model_at_end: true });
    load(recipe);
    expect(parseSettings(drafts())).toEqual(recipe);
  });
});
