/** What is done to a recording's list once it is complete, before memory is planned: the same results, with less memory and fewer bytes moved. */
import type { Lifetime } from './memory-plan.ts';
import { isStepTensor, type RecordedCommand, type Recording, type Resource, type StepTensor } from './recording.ts';

/** A step's list with what each of its tensors needs. */
export interface Schedule {
  readonly commands: readonly RecordedCommand[];
  /** Tensors without a home, with their lifetimes. */
  readonly tensors: readonly StepTensor[];
  readonly lifetimes: readonly Lifetime[];
}

export function schedule(recording: Recording): Schedule {
  const commands = hoistConsumers(withoutCopies(recording));
  return {
    commands,
    ...lifetimesOf(
      commands,
      recording.outputs.map(({ source }) => source),
    ),
  };
}

/**
 * A tensor of the step that is copied whole to a buffer which no other command touches is written there at once, and the copy left
 * out.
 */
function withoutCopies({ commands, outputs }: Recording): readonly RecordedCommand[] {
  const touches = new Map<Resource['of'], number>();
  for (const { resources } of commands) for (const { of } of resources) touches.set(of, (touches.get(of) ?? 0) + 1);
  return commands.filter((command) => {
    if (command.kind !== 'copy') return true;
    const [source, target] = command.resources;
    if (!isStepTensor(source.of) || source.of.home || isStepTensor(target.of) || touches.get(target.of) !== 1) return true;
    if (target.bytes !== source.of.bytes || outputs.some((output) => output.source.of === source.of)) return true;
    source.of.home = target.of;
    return false;
  });
}

/**
 * A command that writes no tensor of the step (it adds a gradient to a sum that is kept) moves up to where what it needs is ready, so
 * that what it reads is free early.
 */
function hoistConsumers(commands: readonly RecordedCommand[]): readonly RecordedCommand[] {
  const placeOf = new Map<Resource['of'], number>();
  const placed = commands.map((command, index) => {
    const writesOwn = command.resources.some(({ of, writes }) => writes && isStepTensor(of));
    const ready = Math.max(-1, ...command.resources.map(({ of }) => placeOf.get(of) ?? -1));
    const place = writesOwn ? index : ready;
    for (const { of } of command.resources) placeOf.set(of, Math.max(place, placeOf.get(of) ?? -1));
    return { command, place };
  });
  return placed.sort((a, b) => a.place - b.place).map(({ command }) => command);
}

function lifetimesOf(commands: readonly RecordedCommand[], outputs: readonly Resource[]): Omit<Schedule, 'commands'> {
  const spans = new Map<StepTensor, { first: number; last: number }>();
  const use = ({ of }: Resource, index: number): void => {
    if (!isStepTensor(of) || of.home) return;
    const span = spans.get(of);
    if (span) span.last = index;
    else spans.set(of, { first: index, last: index });
  };
  for (const [index, { resources }] of commands.entries()) for (const each of resources) use(each, index);
  for (const each of outputs) use(each, commands.length);
  const tensors = [...spans.keys()];
  return { tensors, lifetimes: tensors.map((tensor) => ({ bytes: tensor.bytes, ...spans.get(tensor)! })) };
}
