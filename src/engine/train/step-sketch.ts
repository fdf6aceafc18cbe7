/**
 * A training step as sizes only: which tensors its commands make and read and its ops keep for backward, in their order, without a backend
 * and in a few milliseconds. From it follows what the step needs at a time. What a model computes is model-sketch.ts; scratch that a kernel
 * takes for itself is left out where it is small.
 */
import { planMemory } from '../backend/webgpu/memory-plan.ts';

const FLOAT = 4;

/** A tensor of the step, or one that was there before. */
export interface Sketched {
  /** Numbers in it, and their bytes. */
  readonly size: number;
  readonly bytes: number;
  readonly learns: boolean;
  /** The sum of its gradients so far. */
  gradient: Sketched | null;
  /** The first and last command that touches it: all that a recorded step needs. */
  readonly first: number;
  last: number;
  /** What stands for it in backward, where it is kept in 16 bits. */
  stand: Sketched | null;
  /** Who still has it where the step is run each time: the scope that made it, until it is disposed, and ops that keep it. */
  holders: number;
  disposed: boolean;
  /** The command behind which the last of them let it go. */
  freed: number;
}

type Reads = readonly (Sketched | undefined)[];

/** The tape, and scopes that give back what was made in them, as tfjs's `tidy`. */
export class StepSketch {
  private now = 0;
  private readonly made: Sketched[] = [];
  private readonly parameters: Sketched[] = [];
  private scope: Sketched[] = [];
  /** Null where nothing is noted for backward. */
  private tape: (() => void)[] | null = [];
  private readonly keepsHalves: boolean;

  constructor(keepsHalves = false) {
    this.keepsHalves = keepsHalves;
  }

  /** A parameter, or an input of the step, of so many numbers, which do not count to it. */
  given(learns: boolean, size = 0): Sketched {
    const given = tensor(size, learns, 0);
    this.parameters.push(given);
    return given;
  }

  /** One command that reads these and writes a tensor of so many numbers. */
  command(reads: Reads, size: number, learns = false): Sketched {
    this.now++;
    for (const read of reads) if (read) (read.stand ?? read).last = this.now;
    const result = tensor(size, learns, this.now);
    this.made.push(result);
    this.scope.push(result);
    return result;
  }

  /**
   * What backward does for an op with this output; until then it keeps `kept`, and `halves` in 16 bits where that is wanted. It is handed the
   * output's gradient, and gives it back.
   */
  onBackward(output: Sketched, kept: Reads, halves: Reads, step: (dy: Sketched) => void): void {
    if (!output.learns || !this.tape) return;
    const packed = this.keepsHalves ? halves.flatMap((each) => each ?? []) : [];
    const words = packed.map((each) => this.command([each], Math.ceil(each.size / 2)));
    const held = [...kept, ...(this.keepsHalves ? words : halves)];
    for (const each of held) if (each) each.holders++;
    this.tape.push(() => {
      const dy = output.gradient;
      if (!dy) throw new Error('a sketched op without a gradient');
      for (const [i, each] of packed.entries()) each.stand = this.command([words[i]], each.size);
      step(dy);
      for (const each of packed) {
        if (each.stand) this.dispose(each.stand);
        each.stand = null;
      }
      for (const each of held) if (each) this.letGo(each);
      this.dispose(dy);
    });
  }

  /** Gradients of one tensor are added up, two at a time. */
  addGradient(of: Sketched, gradient: Sketched): void {
    if (!of.learns) return;
    const before = of.gradient;
    of.gradient = before ? this.command([before, gradient], gradient.size) : gradient;
    if (before) this.dispose(before);
  }

  dispose(value: Sketched): void {
    if (!value.disposed) this.letGo(value);
    value.disposed = true;
  }

  /** What the body makes is given back behind it, except for its result and the gradients of parameters. */
  tidy(body: () => Sketched): Sketched {
    const outer = this.scope;
    this.scope = [];
    const result = body();
    this.endScope([result]);
    this.scope = [...outer, result];
    return result;
  }

  /** Of the body only its inputs are kept; backward does it once more. */
  checkpoint(inputs: readonly Sketched[], body: () => Sketched): Sketched {
    const { tape } = this;
    this.tape = null;
    const output = this.tidy(body);
    this.tape = tape;
    this.onBackward(output, inputs, [], (dy) => {
      const outer = this.scope;
      [this.tape, this.scope] = [[], []];
      const again = body();
      again.gradient = dy;
      this.dispose(again);
      this.runTape();
      const gradients = inputs.flatMap(({ gradient }) => gradient ?? []);
      this.endScope(gradients);
      [this.tape, this.scope] = [tape, [...outer, ...gradients]];
    });
    return output;
  }

  /**
   * Backward from the loss. With `updates` the optimizer's two passes over all gradients follow; else each is added to a sum as soon as it
   * is there.
   */
  finish(loss: Sketched, updates: boolean): void {
    this.endScope([loss]);
    loss.gradient = this.command([loss], 1);
    this.runTape();
    const gradients = this.parameters.flatMap(({ gradient }) => gradient ?? []);
    if (updates) {
      this.command(gradients, 1);
      for (const gradient of gradients) this.command([gradient], 0);
    }
    this.scope.push(...gradients);
    this.endScope([]);
  }

  /** Bytes of the places that a recording's tensors share. */
  plannedBytes(): number {
    return planMemory(this.made).places.reduce((sum, bytes) => sum + bytes, 0);
  }

  /** The most bytes that are not given back at a time, where the step is run each time. */
  liveBytes(): number {
    const changes = new Float64Array(this.now + 2);
    for (const { bytes, first, freed } of this.made) {
      changes[first]! += bytes;
      changes[Math.max(first, freed) + 1]! -= bytes;
    }
    let [live, most] = [0, 0];
    for (const change of changes) most = Math.max(most, (live += change));
    return most;
  }

  private letGo(value: Sketched): void {
    value.holders--;
    if (value.holders === 0) value.freed = this.now;
  }

  private runTape(): void {
    for (const step of this.tape?.splice(0).reverse() ?? []) step();
  }

  private endScope(kept: readonly Sketched[]): void {
    const stays = new Set([...kept, ...this.parameters.flatMap(({ gradient }) => gradient ?? [])]);
    for (const value of this.scope) if (!stays.has(value)) this.dispose(value);
    this.scope = [];
  }
}

function tensor(size: number, learns: boolean, now: number): Sketched {
  return {
    size,
    bytes: FLOAT * size,
    learns,
    gradient: null,
    stand: null,
    first: now,
    last: now,
    holders: 1,
    disposed: false,
    freed: now,
  };
}
