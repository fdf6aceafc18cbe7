/** What of the model learns, from the arguments. */
import type { Learning } from '../models/learning.ts';
import type { CompleteArguments } from './arguments.ts';

export function learningOf(args: CompleteArguments): Learning {
  switch (args.train_layers) {
    case 'all':
    case 'head':
      return { kind: args.train_layers };
    case 'last':
      return { kind: 'last', layers: args.train_last_layers };
    case 'lora':
      return {
        kind: 'lora',
        r: args.lora_r,
        alpha: args.lora_alpha,
        dropout: args.lora_dropout,
        targets: args.lora_target_modules,
      };
  }
}
