/**
 * Programs on WebGPU: a step is recorded once for each set of input shapes, and replayed from then on. All programs that are made
 * together share one arena; when it grows beyond what its largest tape needs by a margin, the tapes unused for longest go.
 */
import { engine, type Tensor } from '@tensorflow/tfjs-core';
import { inputTensors, withShape, type HostInput, type HostInputs, type Program, type Programs, type Step } from '../programs.ts';
import { Arena } from './arena.ts';
import { writeInput } from './dispatch.ts';
import type { GpuBackend } from './gpu-backend.ts';
import type { Recording } from './recording.ts';
import { schedule } from './recording-passes.ts';
import { createTape, type Tape } from './tape.ts';

/** Beyond the largest tape's need, this much is allowed for tapes of other sizes: a tenth of it, and 64 MiB. */
const SLACK_RATIO = 0.1;
const SLACK_BYTES = 64 * 2 ** 20;
/** Bind groups cost memory too, in the browser. */
const MOST_TAPES = 64;

type Progress = (done: number, total: number) => void;

interface Entry {
  readonly inputs: Readonly<Record<string, Tensor>>;
  readonly tape: Tape;
  dispose(): void;
}

export class RecordedPrograms implements Programs {
  private readonly backend: GpuBackend;
  private readonly arena: Arena;
  /** By program and shapes, the one unused for longest first. */
  private readonly entries = new Map<string, Entry>();
  private programs = 0;
  /** Recordings so far, those that were dropped too. */
  recorded = 0;

  constructor(backend: GpuBackend) {
    this.backend = backend;
    this.arena = new Arena(backend.allocations, backend.pool);
  }

  /** What is recorded at the moment. */
  get tapes(): readonly Tape[] {
    return [...this.entries.values()].map(({ tape }) => tape);
  }

  /** Bytes of all tapes together. */
  get bytes(): number {
    return this.arena.bytes;
  }

  define<Name extends string>(step: Step<Name>): Program<Name> {
    const number = this.programs++;
    const keyOf = (inputs: HostInputs<Name>): string =>
      `${number}: ${Object.values<HostInput>(inputs)
        .map((input) => withShape(input).shape.join('x'))
        .join(' ')}`;
    return {
      prepare: async (inputs, onProgress) => {
        await this.entry(keyOf(inputs), inputs, step, onProgress);
      },
      run: async (inputs) => this.replay(await this.entry(keyOf(inputs), inputs, step), inputs),
      dispose: () => {
        for (const key of [...this.entries.keys()]) if (key.startsWith(`${number}: `)) this.drop(key);
      },
    };
  }

  private async entry<Name extends string>(
    key: string,
    inputs: HostInputs<Name>,
    step: Step<Name>,
    onProgress?: Progress,
  ): Promise<Entry> {
    let entry = this.entries.get(key);
    // A tensor that the step refers to may have been replaced (restored weights) while the shaders were compiled.
    while (!entry) {
      const made = await this.record(key, inputs, step, onProgress);
      if (made) entry = made;
    }
    this.entries.delete(key);
    this.entries.set(key, entry);
    return entry;
  }

  private async record<Name extends string>(
    key: string,
    inputs: HostInputs<Name>,
    step: Step<Name>,
    onProgress?: Progress,
  ): Promise<Entry | null> {
    const { backend } = this;
    backend.expectDevice();
    const tensors = inputTensors(inputs);
    const disposeInputs = (): void => {
      for (const each of Object.values<Tensor>(tensors)) each.dispose();
    };
    const watch = { isVoid: false, stop: (): void => undefined };
    let recording: Recording | null = null;
    try {
      recording = backend.record(() => step(tensors));
      const { outside } = recording;
      watch.stop = backend.pool.onRelease((buffer) => {
        if (watch.isVoid || !outside.has(buffer)) return;
        watch.isVoid = true;
        this.drop(key);
      });
      const entries = recording.commands.flatMap((command) => (command.kind === 'dispatch' ? [command.entry] : []));
      await backend.unlessLost(backend.pipelines.compile(entries, onProgress));
      backend.expectDevice();
      await backend.expectRoom();
      const plan = schedule(recording);
      this.makeRoom();
      const lease = await this.arena.lease(plan.lifetimes);
      const tape = createTape(backend.device, recording, plan, lease);
      this.recorded++;
      const entry: Entry = {
        inputs: tensors,
        tape,
        dispose: () => {
          watch.stop();
          disposeInputs();
          tape.dispose();
        },
      };
      if (watch.isVoid) {
        entry.dispose();
        return null;
      }
      this.entries.set(key, entry);
      this.keepWithinBudget(key);
      return entry;
    } catch (error) {
      watch.stop();
      disposeInputs();
      for (const buffer of recording?.constants ?? []) buffer.destroy();
      throw error;
    }
  }

  private async replay<Name extends string>({ inputs, tape }: Entry, values: HostInputs<Name>): Promise<readonly Tensor[]> {
    const { backend } = this;
    backend.expectDevice();
    const results = tape.outputs.map(({ shape, place }) => ({ place, info: backend.makeTensorInfo([...shape], 'float32') }));
    try {
      for (const { info } of results) backend.uploadToGPU(info.dataId);
      // All or nothing: with a buffer that is not there a part of the step's commands would be refused.
      await backend.expectRoom();
    } catch (error) {
      for (const { info } of results) backend.disposeData(info.dataId);
      throw error;
    }
    backend.expectDevice();
    backend.flush();
    for (const [name, input] of Object.entries<HostInput>(values)) writeInput(backend, inputs[name]!, withShape(input).values);
    const finish = (encoder: GPUCommandEncoder): void => {
      for (const { place, info } of results) {
        encoder.copyBufferToBuffer(place.buffer, place.offset, backend.bufferOf(info), 0, place.size);
      }
    };
    if (backend.profiler) backend.profiler.replay(tape, finish);
    else tape.replay(finish);
    return results.map(({ info }) => engine().makeTensorFromTensorInfo(info));
  }

  private drop(key: string): void {
    const entry = this.entries.get(key);
    this.entries.delete(key);
    entry?.dispose();
  }

  /** Tapes with memory beside that of the largest go, oldest first, until all are within the budget; `kept` stays. */
  private keepWithinBudget(kept: string): void {
    const largest = this.tapes.reduce((found, tape) => (tape.bytes > found.bytes ? tape : found));
    const budget = largest.bytes * (1 + SLACK_RATIO) + SLACK_BYTES;
    for (const [key, { tape }] of [...this.entries]) {
      if (this.arena.bytes <= budget) break;
      const isBeside = [...tape.buffers].some((buffer) => !largest.buffers.has(buffer));
      if (key !== kept && isBeside) this.drop(key);
    }
    for (const key of [...this.entries.keys()].slice(0, Math.max(0, this.entries.size - MOST_TAPES))) this.drop(key);
  }

  /** The pool's free buffers, which a step that is run each time left behind, make room for the arena's. */
  private makeRoom(): void {
    this.backend.pool.trim();
  }
}
