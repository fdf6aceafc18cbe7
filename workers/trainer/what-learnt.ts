/** In words: which part of the model a run trains, for the page and for the model card. */
import type { Classifier } from '../../src/engine/models/classifier.ts';
import type { Learning } from '../../src/engine/models/learning.ts';

export interface WhatLearnt {
  /** "1.2 % of 22.7 million parameters" */
  readonly share: string;
  /** "the last 2 layers and the head" */
  readonly what: string;
}

function amount(count: number): string {
  return count >= 1e6 ? `${(count / 1e6).toFixed(1)} million` : count.toLocaleString('en-US');
}

function whatOf(learning: Exclude<Learning, { kind: 'all' }>): string {
  switch (learning.kind) {
    case 'head':
      return 'the head';
    case 'last':
      return learning.layers === 1 ? 'the last layer and the head' : `the last ${learning.layers} layers and the head`;
    case 'lora': {
      const { targets, r } = learning;
      const beside = targets === 'auto' ? 'query and value' : targets === 'all-linear' ? 'all linear layers' : targets.join(', ');
      return `LoRA of rank ${r} beside ${beside}, and the classifier`;
    }
  }
}

/** Null where everything learns. */
export function whatLearns(learning: Learning, model: Classifier): WhatLearnt | null {
  if (learning.kind === 'all') return null;
  const percent = (100 * model.learningCount) / model.parameterCount;
  const share = `${percent.toPrecision(2)} % of ${amount(model.parameterCount)} parameters`;
  return { share, what: whatOf(learning) };
}

/** What a person should know of it when the run begins. */
export function learningRemarks(learning: Learning, learnt: WhatLearnt | null): readonly string[] {
  if (!learnt) return [];
  const count = `${learnt.share} learn: ${learnt.what}.`;
  switch (learning.kind) {
    case 'head':
      return [count, 'What the frozen part makes of each text is computed once, without dropout, and used in every epoch.'];
    case 'last':
      return [count, 'Frozen layers keep their dropout while training, as with Hugging Face Trainer.'];
    case 'all':
    case 'lora':
      return [count];
  }
}
