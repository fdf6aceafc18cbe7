/**
 * The settings of the next run, as the person types them. A field is text until a run starts: then `parseSettings` gives values, or says
 * which field is wrong and how. What may be set is the engine's argument table, where it stands on the page is in setting-layout.ts.
 */
import { createStore } from 'zustand/vanilla';
import { ARGUMENTS, type Argument } from '../engine/train/argument-table.ts';
import { ARGUMENT_NAMES, completeArguments, type ArgumentName, type CompleteArguments } from '../engine/train/arguments.ts';
import { problemsStore } from './problems.ts';
import { LAYOUT, type Drafts } from './setting-layout.ts';

type ArgumentValue = CompleteArguments[ArgumentName];

/** How a field is filled in. */
export type FieldKind = 'text' | 'choice' | 'flag';

export function fieldKind(name: ArgumentName): FieldKind {
  const { choices, ours }: Argument<ArgumentValue> = ARGUMENTS[name];
  if (choices) return 'choice';
  return typeof ours === 'boolean' ? 'flag' : 'text';
}

/** A value as text that `readDraft` reads back: 2e-4, true, "1, 2.5". */
export function draftOf(value: ArgumentValue): string {
  if (typeof value === 'number') return value !== 0 && Math.abs(value) < 1e-3 ? value.toExponential() : String(value);
  return Array.isArray(value) ? value.join(', ') : String(value);
}

/** The value that a draft means, undefined when it fits no value of the argument. Numbers may have a decimal comma. */
export function readDraft<Name extends ArgumentName>(name: Name, draft: string): CompleteArguments[Name] | undefined {
  const { read, ours } = ARGUMENTS[name];
  const text = draft.trim();
  if (typeof ours === 'number') return read(text.replace(',', '.'));
  if (typeof ours === 'boolean') return read(text === 'true' ? true : text === 'false' ? false : text);
  return read(/^[\d.\s,;e+-]+$/i.test(text) ? text.split(/[\s,;]+/).map(Number) : text);
}

export function isInUse(name: ArgumentName, drafts: Drafts): boolean {
  return LAYOUT[name].needs?.isMet(drafts) ?? true;
}

/** The draft of the page's default. */
export function initialDraft(name: ArgumentName): string {
  return LAYOUT[name].initial ?? draftOf(ARGUMENTS[name].ours);
}

export function isChanged(name: ArgumentName, draft: string): boolean {
  return String(readDraft(name, draft)) !== String(readDraft(name, initialDraft(name)));
}

/** What is wrong with this setting, null when nothing is or when it is not in use. */
export function settingError(name: ArgumentName, drafts: Drafts): string | null {
  if (!isInUse(name, drafts) || readDraft(name, drafts[name]) !== undefined) return null;
  return `${LAYOUT[name].label} must be ${ARGUMENTS[name].expected}, like ${initialDraft(name)}`;
}

export interface SettingsState {
  readonly drafts: Drafts;
  edit(name: ArgumentName, text: string): void;
  /** Back to the default: of one setting, or of all. */
  reset(name?: ArgumentName): void;
  /** Takes over the values of a recipe. */
  load(settings: CompleteArguments): void;
}

function draftsFrom(draft: (name: ArgumentName) => string): Drafts {
  return Object.fromEntries(ARGUMENT_NAMES.map((name) => [name, draft(name)])) as Record<ArgumentName, string>;
}

export const settingsStore = createStore<SettingsState>()((set) => ({
  drafts: draftsFrom(initialDraft),
  edit: (name, text) => set(({ drafts }) => ({ drafts: { ...drafts, [name]: text } })),
  reset: (name) =>
    set(({ drafts }) => ({
      drafts: name === undefined ? draftsFrom(initialDraft) : { ...drafts, [name]: initialDraft(name) },
    })),
  load: (settings) => set({ drafts: draftsFrom((name) => draftOf(settings[name])) }),
}));

/** The values of `drafts`, or the first field that is wrong. A setting that is not in use has its plain default. */
export function parseSettings(drafts: Drafts): CompleteArguments | { readonly wrong: ArgumentName; readonly message: string } {
  for (const name of ARGUMENT_NAMES) {
    const message = settingError(name, drafts);
    if (message !== null) return { wrong: name, message };
  }
  const inUse = ARGUMENT_NAMES.filter((name) => isInUse(name, drafts));
  return completeArguments(Object.fromEntries(inUse.map((name) => [name, readDraft(name, drafts[name])])));
}

/** The present settings; null where a field is wrong, which is then listed as a problem. */
export function presentSettings(): CompleteArguments | null {
  const settings = parseSettings(settingsStore.getState().drafts);
  if (!('wrong' in settings)) return settings;
  problemsStore.getState().add('training', {
    where: 'Settings',
    expected: 'every field to be right',
    found: settings.message,
    fix: 'Correct the field first.',
  });
  return null;
}

/** The max_length to read a single text with: the present field, or its default while the field is wrong. */
export function presentMaxLength(): number {
  return readDraft('max_length', settingsStore.getState().drafts.max_length) ?? ARGUMENTS.max_length.ours;
}
