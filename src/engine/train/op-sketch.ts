/**
 * The ops on sizes: each makes, reads and keeps what its file in ops/ says, backward too. T tokens, H hidden, A heads. Parameters are known
 * by name; nothing here computes.
 */
import type { Adapter } from '../models/lora.ts';
import { sizeOfShape } from '../models/parameters.ts';
import type { Activation } from '../ops/contract.ts';
import type { Sketched, StepSketch } from './step-sketch.ts';

type Sides = readonly [inputs: number, outputs: number];

export interface SketchedOps {
  readonly linear: (x: Sketched, sides: Sides, name: string, activation?: Activation) => Sketched;
  /** A linear layer with LoRA beside it where it has one. */
  readonly dense: (x: Sketched, sides: Sides, name: string, activation?: Activation) => Sketched;
  readonly dropout: (x: Sketched, rate: number) => Sketched;
  readonly norm: (x: Sketched, residual: Sketched | undefined, width: number, name: string, rate: number) => Sketched;
  /** Of `tokens` tokens. */
  readonly attention: (qkv: Sketched, relative: Sketched | undefined, tokens: number) => Sketched;
  /** An op whose backward reads only what comes down to it. */
  readonly map: (x: Sketched, size: number) => Sketched;
  readonly activate: (z: Sketched) => Sketched;
  readonly embeddings: (tables: readonly Sketched[], tokens: number, width: number) => Sketched;
}

export interface SketchedParts {
  readonly sketch: StepSketch;
  readonly parameter: (name: string) => Sketched;
  readonly adapters: ReadonlyMap<string, Adapter>;
  readonly heads: number;
  readonly training: boolean;
}

export function sketchOps({ sketch, parameter, adapters, heads, training }: SketchedParts): SketchedOps {
  const linear: SketchedOps['linear'] = (x, [K, N], name, activation = 'none') => {
    const [weight, bias] = [parameter(`${name}.weight`), parameter(`${name}.bias`)];
    const learns = weight.learns || bias.learns;
    const T = x.size / K;
    const z = activation === 'none' ? undefined : sketch.command([x], T * N);
    const y = sketch.command([x, z], T * N, x.learns || learns);
    sketch.onBackward(y, [], [learns ? x : undefined, z], (dy) => {
      const dz = z ? sketch.command([dy, z], T * N) : dy;
      if (x.learns) sketch.addGradient(x, sketch.command([dz], T * K));
      if (learns) {
        sketch.addGradient(weight, sketch.command([dz, x], N * K));
        sketch.addGradient(bias, sketch.command([dz], N));
      }
      if (z) sketch.dispose(dz);
    });
    if (z) sketch.dispose(z);
    return y;
  };

  const dropout: SketchedOps['dropout'] = (x, rate) => (rate > 0 && training ? map(x, x.size) : x);

  const map: SketchedOps['map'] = (x, size) => {
    const y = sketch.command([x], size, x.learns);
    sketch.onBackward(y, [], [], (dy) => sketch.addGradient(x, sketch.command([dy], x.size)));
    return y;
  };

  const dense: SketchedOps['dense'] = (x, sides, name, activation = 'none') => {
    const adapter = adapters.get(name);
    if (!adapter) return linear(x, sides, name, activation);
    const [K, N] = sides;
    const [down, up] = [parameter(adapter.specs[0].name), parameter(adapter.specs[1].name)];
    const T = x.size / K;
    const R = sizeOfShape(adapter.specs[0].shape) / K;
    const dropped = dropout(x, adapter.dropout);
    const low = sketch.command([dropped], T * R, dropped.learns || down.learns);
    sketch.onBackward(low, [], [dropped], (dlow) => {
      if (dropped.learns) sketch.addGradient(dropped, sketch.command([dlow], T * K));
      sketch.addGradient(down, sketch.command([dlow, dropped], R * K));
    });
    const learns = low.learns || up.learns;
    const first = sketch.command([x, low], T * N, activation === 'none' && learns);
    const [y, z] = activation === 'none' ? [first, undefined] : [sketch.command([first], T * N, learns), first];
    sketch.onBackward(y, [], [low, z], (dy) => {
      const dz = z ? sketch.command([dy, z], T * N) : dy;
      const dlow = sketch.command([dz], T * R);
      const dup = sketch.command([dz, low], up.size);
      const dx = x.learns ? sketch.command([dz], T * K) : undefined;
      if (z) sketch.dispose(dz);
      if (dx) sketch.addGradient(x, dx);
      sketch.addGradient(low, dlow);
      sketch.addGradient(up, dup);
    });
    if (z) sketch.dispose(z);
    return y;
  };

  const norm: SketchedOps['norm'] = (x, residual, width, name, rate) => {
    const [gamma, beta] = [parameter(`${name}.weight`), parameter(`${name}.bias`)];
    const drops = rate > 0 && training;
    const s = residual || drops ? sketch.command([x, residual], x.size) : x;
    const statistics = sketch.command([x], (2 * x.size) / width);
    const learns = x.learns || (residual?.learns ?? false) || gamma.learns;
    const y = sketch.command([x, residual, s, statistics], x.size, learns);
    sketch.onBackward(y, [statistics], [s], (dy) => {
      const ds = sketch.command([dy, s, statistics], x.size);
      const dx = drops ? sketch.command([dy, s, statistics], x.size) : ds;
      for (const affine of [gamma, beta]) if (affine.learns) sketch.addGradient(affine, sketch.command([ds], width));
      if (x.learns) sketch.addGradient(x, dx);
      else sketch.dispose(dx);
      if (residual?.learns) sketch.addGradient(residual, ds);
      else if (drops) sketch.dispose(ds);
    });
    if (s !== x) sketch.dispose(s);
    sketch.dispose(statistics);
    return y;
  };

  const attention: SketchedOps['attention'] = (qkv, relative, T) => {
    const lse = sketch.command([qkv, relative], T * heads);
    const out = sketch.command([qkv, relative, lse], qkv.size / 3, qkv.learns || (relative?.learns ?? false));
    sketch.onBackward(out, [relative, lse], [qkv, out], (dout) => {
      const delta = sketch.command([dout, out, qkv], T * heads);
      const dqkv = sketch.command([dout, out, qkv, lse, delta, relative], qkv.size);
      const drelative = relative && sketch.command([dout, qkv, lse, delta, dqkv, relative], relative.size);
      sketch.dispose(delta);
      sketch.addGradient(qkv, dqkv);
      if (relative && drelative) sketch.addGradient(relative, drelative);
    });
    sketch.dispose(lse);
    return out;
  };

  return {
    linear,
    dense,
    dropout,
    norm,
    attention,
    map,
    activate(z) {
      const y = sketch.command([z], z.size, z.learns);
      sketch.onBackward(y, [], [z], (dy) => sketch.addGradient(z, sketch.command([dy, z], z.size)));
      return y;
    },
    embeddings(tables, tokens, width) {
      const sum = sketch.command(
        [],
        tokens * width,
        tables.some((table) => table.learns),
      );
      sketch.onBackward(sum, [], [], (dy) => {
        for (const table of tables) {
          const order = sketch.command([], tokens);
          sketch.addGradient(table, sketch.command([dy, order], table.size));
          sketch.dispose(order);
        }
      });
      return sum;
    },
  };
}
