/**
 * A recorded step that can be replayed: its dispatches with pipelines and bind groups made once. A replay costs three calls a dispatch and
 * no thought; its results are copied out, because the next replay overwrites them.
 */
import type { Lease } from './arena.ts';
import { isStepTensor, type RecordedCommand, type Recording, type Resource } from './recording.ts';
import type { Schedule } from './recording-passes.ts';

/** Chrome ends a GPU process that works longer than about 10 s on one submit. */
const SUBMITS_PER_REPLAY = 6;
const LEAST_DISPATCHES_PER_SUBMIT = 32;

export interface TapeDispatch {
  readonly pipeline: GPUComputePipeline;
  readonly bindGroup: GPUBindGroup;
  readonly workgroups: readonly [number, number, number];
  readonly label: string;
  /** Bytes of what it binds, each once. */
  readonly bytes: number;
  readonly flops: number;
}

interface TapeCopy {
  readonly from: Placed;
  readonly to: Placed;
}

interface Placed {
  readonly buffer: GPUBuffer;
  readonly offset: number;
  readonly size: number;
}

type TapeCommand = TapeDispatch | TapeCopy;

export interface TapeOutput {
  readonly shape: readonly number[];
  readonly place: Placed;
}

export interface Tape {
  readonly outputs: readonly TapeOutput[];
  readonly dispatches: readonly TapeDispatch[];
  /** Bytes that the step would need alone. */
  readonly bytes: number;
  /** What it shares with other tapes. */
  readonly buffers: ReadonlySet<GPUBuffer>;
  /** Hands the step to the queue; `finish` may add to its last commands. */
  replay(finish: (encoder: GPUCommandEncoder) => void): void;
  /** As `replay`, each dispatch in a pass of its own that writes timestamps 2i and 2i + 1. */
  replayTimed(timestamps: GPUQuerySet, finish: (encoder: GPUCommandEncoder) => void): void;
  dispose(): void;
}

/** Makes the bind groups. All pipelines of the recording must be compiled. */
export function createTape(device: GPUDevice, recording: Recording, { commands, tensors }: Schedule, lease: Lease): Tape {
  const homes = new Map(tensors.map((tensor, i) => [tensor, lease.buffers[i]!]));
  const place = ({ of, offset, bytes }: Resource): Placed => {
    const buffer = isStepTensor(of) ? (of.home ?? homes.get(of)) : of;
    if (!buffer) throw new Error('a tensor of a recorded step has no place');
    return { buffer, offset, size: bytes };
  };
  const groups = new BindGroups(device);
  const list = commands.map((command) => tapeCommand(command, place, groups));
  const dispatches = list.filter((command) => 'pipeline' in command);
  const perSubmit = Math.max(LEAST_DISPATCHES_PER_SUBMIT, Math.ceil(list.length / SUBMITS_PER_REPLAY));
  return {
    outputs: recording.outputs.map(({ source, shape }) => ({ shape, place: place(source) })),
    dispatches,
    bytes: lease.bytes,
    buffers: new Set(lease.buffers),
    replay(finish) {
      for (let begin = 0; begin < list.length; begin += perSubmit) {
        const end = Math.min(begin + perSubmit, list.length);
        const encoder = device.createCommandEncoder();
        encode(encoder, list, begin, end);
        if (end === list.length) finish(encoder);
        device.queue.submit([encoder.finish()]);
      }
    },
    replayTimed(querySet, finish) {
      const encoder = device.createCommandEncoder();
      let index = 0;
      for (const command of list) {
        if ('pipeline' in command) {
          const timestampWrites = { querySet, beginningOfPassWriteIndex: 2 * index, endOfPassWriteIndex: 2 * index + 1 };
          const pass = encoder.beginComputePass({ timestampWrites });
          dispatch(pass, command);
          pass.end();
          index++;
        } else {
          copy(encoder, command);
        }
      }
      finish(encoder);
      device.queue.submit([encoder.finish()]);
    },
    dispose() {
      lease.release();
      for (const buffer of recording.constants) buffer.destroy();
    },
  };
}

function tapeCommand(command: RecordedCommand, place: (resource: Resource) => Placed, groups: BindGroups): TapeCommand {
  if (command.kind === 'copy') return { from: place(command.resources[0]), to: place(command.resources[1]) };
  const { entry, resources, workgroups, flops } = command;
  const { pipeline, layout, shader } = entry;
  if (!pipeline) throw new Error(`${shader.label} is not compiled`);
  const bytes = resources.reduce((sum, resource) => sum + resource.bytes, 0);
  return {
    pipeline,
    bindGroup: groups.get(layout, resources.map(place), shader.label),
    workgroups,
    label: shader.label,
    bytes,
    flops,
  };
}

/** Equal ones are made once. */
class BindGroups {
  private readonly device: GPUDevice;
  private readonly made = new Map<string, GPUBindGroup>();
  private readonly numbers = new Map<object, number>();

  constructor(device: GPUDevice) {
    this.device = device;
  }

  get(layout: GPUBindGroupLayout, places: readonly Placed[], label: string): GPUBindGroup {
    const parts = places.map(({ buffer, offset, size }) => `${this.numberOf(buffer)}+${offset}:${size}`);
    const key = `${this.numberOf(layout)} ${parts.join(' ')}`;
    let group = this.made.get(key);
    if (!group) {
      const entries = places.map((resource, binding) => ({ binding, resource: { ...resource } }));
      this.made.set(key, (group = this.device.createBindGroup({ label, layout, entries })));
    }
    return group;
  }

  private numberOf(thing: object): number {
    const known = this.numbers.get(thing);
    if (known !== undefined) return known;
    this.numbers.set(thing, this.numbers.size);
    return this.numbers.size - 1;
  }
}

/** Commands begin .. end-1 into the encoder. The hot loop of a replay. */
function encode(encoder: GPUCommandEncoder, list: readonly TapeCommand[], begin: number, end: number): void {
  let pass: GPUComputePassEncoder | null = null;
  let set: GPUComputePipeline | null = null;
  for (let i = begin; i < end; i++) {
    const command = list[i]!;
    if ('pipeline' in command) {
      if (!pass) {
        pass = encoder.beginComputePass();
        set = null;
      }
      if (command.pipeline !== set) pass.setPipeline((set = command.pipeline));
      pass.setBindGroup(0, command.bindGroup);
      pass.dispatchWorkgroups(command.workgroups[0], command.workgroups[1], command.workgroups[2]);
    } else {
      pass?.end();
      pass = null;
      copy(encoder, command);
    }
  }
  pass?.end();
}

function dispatch(pass: GPUComputePassEncoder, { pipeline, bindGroup, workgroups }: TapeDispatch): void {
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, bindGroup);
  pass.dispatchWorkgroups(...workgroups);
}

function copy(encoder: GPUCommandEncoder, { from, to }: TapeCopy): void {
  encoder.copyBufferToBuffer(from.buffer, from.offset, to.buffer, to.offset, from.size);
}
