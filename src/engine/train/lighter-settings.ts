/** What to change where a run does not fit, each with the memory that it would then need. */
import type { CompleteArguments, TrainingArguments } from './arguments.ts';
import { estimateMemory, type MemoryQuestion } from './memory-estimate.ts';

export interface LighterSettings {
  readonly kind: 'batch' | 'length' | 'halves' | 'checkpointing' | 'lora';
  readonly change: Partial<TrainingArguments>;
  /** Of the whole run, as `estimateMemory` has it. */
  readonly bytes: number;
  /** Of the texts, the share that the change cuts. */
  readonly cut?: number;
}

/** A change that saves less than this share is none. */
const LEAST_SAVED = 0.03;
/** A shorter max_length leaves so many of the texts whole, if one does; else it is half of the present one. */
const WHOLE = 0.95;
const LENGTH_STEP = 8;

type Rows = NonNullable<MemoryQuestion['offsets']>;

function lengthsOf(offsets: Rows): Uint32Array {
  return Uint32Array.from({ length: offsets.length - 1 }, (_, row) => offsets[row + 1]! - offsets[row]!).sort();
}

/** The same rows under another max_length. */
function cutRows(offsets: Rows, length: number): Uint32Array {
  const cut = new Uint32Array(offsets.length);
  for (let row = 0; row + 1 < offsets.length; row++)
    cut[row + 1] = cut[row]! + Math.min(length, offsets[row + 1]! - offsets[row]!);
  return cut;
}

function shorterLength(sorted: Uint32Array, present: number): number {
  const common = sorted[Math.floor(WHOLE * (sorted.length - 1))] ?? present;
  const rounded = Math.ceil(common / LENGTH_STEP) * LENGTH_STEP;
  return rounded < present ? rounded : Math.max(LENGTH_STEP, Math.floor(present / 2 / LENGTH_STEP) * LENGTH_STEP);
}

/** The least change first. None that saves next to nothing. */
export function lighterSettings(question: MemoryQuestion & { readonly offsets: Rows }): readonly LighterSettings[] {
  const { args, offsets } = question;
  const present = estimateMemory(question).bytes;
  const bytesWith = (change: Partial<CompleteArguments>, rows: Rows = offsets): number =>
    estimateMemory({ ...question, args: { ...args, ...change }, offsets: rows }).bytes;
  const found: LighterSettings[] = [];
  const offer = (kind: LighterSettings['kind'], change: Partial<CompleteArguments>): void => {
    found.push({ kind, change, bytes: bytesWith(change) });
  };
  const { per_device_train_batch_size: rows, gradient_accumulation_steps: accumulated } = args;
  if (rows > 1) {
    const half = Math.ceil(rows / 2);
    offer('batch', { per_device_train_batch_size: half, gradient_accumulation_steps: accumulated * 2 });
  }
  const sorted = lengthsOf(offsets);
  const max_length = shorterLength(sorted, args.max_length);
  if (max_length < args.max_length) {
    const cut = sorted.filter((length) => length > max_length).length / Math.max(1, sorted.length);
    found.push({ kind: 'length', change: { max_length }, bytes: bytesWith({ max_length }, cutRows(offsets, max_length)), cut });
  }
  if (question.backend === 'webgpu' && !args.fp16) offer('halves', { fp16: true });
  if (!args.gradient_checkpointing) offer('checkpointing', { gradient_checkpointing: true });
  if (args.train_layers === 'all' || args.train_layers === 'last') offer('lora', { train_layers: 'lora' });
  return found.filter(({ bytes }) => bytes < present * (1 - LEAST_SAVED));
}
