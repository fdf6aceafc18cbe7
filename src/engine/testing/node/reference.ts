/**
 * What PyTorch and transformers made of toy checkpoints, as reference/make_reference.py writes it: one folder a family or
 * a variant of one, found in the folder that TABTUNE_REFERENCE names, else in the project's own fixtures and in ../shared/reference/toy.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PackedBatch } from '../../../text/packing.ts';
import type { ParameterSpec } from '../../models/parameters.ts';
import { readFixture, type FixtureFile } from './safetensors.ts';

const REPOSITORY = fileURLToPath(new URL('../../../../', import.meta.url));

/** Folders with one folder a family, those that are missing too. */
export const REFERENCE_ROOTS: readonly string[] = process.env.TABTUNE_REFERENCE
  ? [resolve(REPOSITORY, process.env.TABTUNE_REFERENCE)]
  : [resolve(REPOSITORY, 'reference/fixtures'), resolve(REPOSITORY, '../shared/reference/toy')];

/** reference.json. */
export interface ReferenceRecord {
  /** With these keys in config.json, the rates that a training step meets, in that order. Some references have none. */
  readonly dropout?: { readonly config: Record<string, number>; readonly rates: readonly number[] };
  /** null: only one batch. */
  readonly run: {
    readonly steps: number;
    readonly gradient_accumulation_steps: number;
    readonly learning_rate: number;
    readonly warmup_steps: number;
    readonly weight_decay: number;
    readonly max_grad_norm: number;
    readonly decay: readonly string[];
    readonly loss: readonly number[];
    readonly learning_rate_logged: readonly number[];
    readonly grad_norm: readonly number[];
  } | null;
}

export interface Reference {
  readonly config: Record<string, unknown>;
  readonly weights: FixtureFile;
  readonly results: FixtureFile;
  readonly record: ReferenceRecord;
}

/** The families and variants that have a reference under the root. */
export function referenceNames(root: string): readonly string[] {
  if (!existsSync(root)) return [];
  return readdirSync(root).filter((name) => existsSync(resolve(root, name, 'reference.safetensors')));
}

/** The family's or variant's reference under the root, or null when there is none. */
export function openReference(root: string, family: string): (() => Reference) | null {
  const path = (name: string): string => resolve(root, family, name);
  if (!existsSync(path('reference.safetensors'))) return null;
  const json = (name: string): unknown => JSON.parse(readFileSync(path(name), 'utf8'));
  return () => ({
    config: json('config.json') as Reference['config'],
    weights: readFixture(path('model.safetensors')),
    results: readFixture(path('reference.safetensors')),
    record: json('reference.json') as ReferenceRecord,
  });
}

/** what-learns.json of reference/what_learns.py, with what-learns.safetensors. */
export interface WhatLearnsReference {
  readonly record: {
    readonly run: Pick<
      NonNullable<ReferenceRecord['run']>,
      'steps' | 'learning_rate' | 'warmup_steps' | 'weight_decay' | 'max_grad_norm'
    >;
    readonly runs: Readonly<Record<WhatLearnsRun, WhatLearnsRecord>>;
  };
  readonly results: FixtureFile;
}

export type WhatLearnsRun = 'last' | 'head' | 'lora' | 'linear';

export interface WhatLearnsRecord {
  readonly lora_r?: number;
  readonly lora_alpha?: number;
  /** Names of what learns, of the checkpoint or of a saved adapter. */
  readonly learns: readonly string[];
  readonly loss: readonly number[];
  readonly grad_norm: readonly number[];
}

/** What torch and peft made of a family of the project's own fixtures. */
export function openWhatLearns(family: string): WhatLearnsReference {
  const path = (ending: string): string => resolve(REPOSITORY, 'reference/fixtures', family, `what-learns.${ending}`);
  return {
    record: JSON.parse(readFileSync(path('json'), 'utf8')) as WhatLearnsReference['record'],
    results: readFixture(path('safetensors')),
  };
}

/** The project's own fixtures, whatever TABTUNE_REFERENCE says. */
export function openOwnReference(family: string): Reference {
  const open = openReference(resolve(REPOSITORY, 'reference/fixtures'), family);
  if (!open) throw new Error(`no fixture of ${family}`);
  return open();
}

/** One padded batch of the results, packed: batch `index` of [count, B, S] tensors, or the only one of [B, S]. Labels [B] or [B, C]. */
export function referenceBatch(
  file: FixtureFile,
  prefix: string,
  index: number,
): { readonly packed: PackedBatch; readonly labels: Int32Array<ArrayBuffer> } {
  const { shape } = file.integers(`${prefix}input_ids`);
  const [B, S] = [shape.at(-2)!, shape.at(-1)!];
  const part = (name: string, width: number) =>
    file.integers(prefix + name).data.subarray(index * B * width, (index + 1) * B * width);
  const [ids, mask, labels] = [
    part('input_ids', S),
    part('attention_mask', S),
    part('labels', file.integers(`${prefix}labels`).data.length / (file.integers(`${prefix}input_ids`).data.length / S)),
  ];
  const types = file.names.includes(`${prefix}token_type_ids`) ? part('token_type_ids', S) : new Int32Array(B * S);
  const real = [...mask.keys()].filter((i) => mask[i] === 1);
  const offsets = new Int32Array(B + 1);
  for (const i of real) offsets[Math.floor(i / S) + 1]! += 1;
  for (let row = 0; row < B; row++) offsets[row + 1]! += offsets[row]!;
  const packed = {
    ids: Int32Array.from(real, (i) => ids[i]!),
    positions: Int32Array.from(real, (i) => i % S),
    types: Int32Array.from(real, (i) => types[i]!),
    offsets,
    tokenCount: real.length,
  };
  return { packed, labels: labels.slice() };
}

/** What the results have for a parameter: its tensors joined. */
export function referenceFor(file: FixtureFile, prefix: string, { stored }: ParameterSpec): Float32Array {
  const pieces = stored.map((name) => file.tensor(prefix + name).data);
  return Float32Array.from(pieces.flatMap((piece) => [...piece]));
}
