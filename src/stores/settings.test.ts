import { describe, expect, it } from 'vitest';
import { parseSettings, settingError, settingsStore } from './settings.ts';

const drafts = () => settingsStore.getState().drafts;

describe('settings', () => {
  it('starts with the defaults the starter was measured with', () => {
    expect(parseSettings(drafts())).toEqual({
      num_train_epochs: 3,
      learning_rate: 2e-4,
      per_device_train_batch_size: 32,
      max_length: 64,
      weight_decay: 0.01,
      warmup_ratio: 0.1,
      max_grad_norm: 1,
      seed: 42,
      evaluations_per_epoch: 4,
    });
  });

  it('takes numbers as people write them', () => {
    expect(parseSettings({ ...drafts(), learning_rate: ' 0,00005 ' })).toMatchObject({ learning_rate: 5e-5 });
    expect(parseSettings({ ...drafts(), learning_rate: '1E-4' })).toMatchObject({ learning_rate: 1e-4 });
  });

  it('says what is wrong with a field, and which', () => {
    expect(settingError('num_train_epochs', '')).toMatch(/must be a number, like 3/);
    expect(settingError('num_train_epochs', '1.5')).toMatch(/whole number/);
    expect(settingError('learning_rate', 'fast')).toMatch(/like 2e-4/);
    expect(settingError('learning_rate', 'NaN')).toMatch(/must be a number/);
    expect(settingError('max_length', '2')).toMatch(/at least 3/);
    expect(settingError('warmup_ratio', '10')).toMatch(/at most 1/);
    expect(parseSettings({ ...drafts(), seed: '-1' })).toEqual({ wrong: 'seed', message: 'Training seed must be at least 0' });
  });
});
