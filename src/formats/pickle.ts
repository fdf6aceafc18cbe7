/**
 * A pickle machine that can build values and nothing else: numbers, texts, lists, tuples, dicts. Python's would import any function that
 * the file names and call it; this one has no functions. Where a pickle names one, `PickleWorld` decides by the name alone what value
 * stands for the call, and whatever it does not know is refused. Protocols 2 to 5
 * (https://github.com/python/cpython/blob/main/Lib/pickletools.py). What the values mean is the caller's business.
 */
import type { Problem } from '../lib/problem.ts';
import { OP, PickleCursor } from './pickle-cursor.ts';

/** A tuple; lists are arrays, dicts are Maps. */
export class PickleTuple {
  constructor(readonly items: readonly unknown[]) {}
}

/** The name of a class or function, "torch.FloatStorage". Nothing is behind it. */
export class PickleGlobal {
  constructor(readonly name: string) {}
}

export interface PickleWorld {
  readonly knows: (name: string) => boolean;
  /** The value that stands for a call of a known name. Throws `Problem`. */
  call(name: string, args: readonly unknown[]): unknown;
  /** The value of a persistent id. Throws `Problem`. */
  persistent(id: unknown): unknown;
}

/**
 * Runs the pickle that begins at `start` and gives its value and the byte after it. It takes time and memory in proportion to the pickle's
 * bytes, whatever is in them. Throws `Problem` for a damaged one and for everything that is not data.
 */
export function runPickle(
  bytes: Uint8Array<ArrayBuffer>,
  world: PickleWorld,
  where: string,
  start = 0,
): { readonly value: unknown; readonly end: number } {
  const cursor = new PickleCursor(bytes, where, start);
  let stack: unknown[] = [];
  /** The stacks below the open marks. */
  const below: unknown[][] = [];
  const memo = new Map<number, unknown>();

  const damaged = (): Problem => cursor.problem('a sound pickle', `one that breaks off its own rules at byte ${cursor.at - 1}`);
  const pop = (): unknown => {
    if (stack.length === 0) throw damaged();
    return stack.pop();
  };
  const popMark = (): unknown[] => {
    const items = stack;
    const under = below.pop();
    if (!under) throw damaged();
    stack = under;
    return items;
  };
  const top = (): unknown => {
    if (stack.length === 0) throw damaged();
    return stack.at(-1);
  };
  const setItems = (items: readonly unknown[]): void => {
    const dict = top();
    if (!(dict instanceof Map) || items.length % 2 !== 0) throw damaged();
    for (let i = 0; i < items.length; i += 2) dict.set(items[i], items[i + 1]);
  };
  const append = (items: readonly unknown[]): void => {
    const list = top();
    if (!Array.isArray(list)) throw damaged();
    for (const item of items) list.push(item);
  };
  const tuple = (count: number): void => {
    if (stack.length < count) throw damaged();
    stack.push(new PickleTuple(stack.splice(stack.length - count)));
  };
  const remember = (place: number): void => void memo.set(place, top());
  const recall = (place: number): void => {
    if (!memo.has(place)) throw damaged();
    stack.push(memo.get(place));
  };
  const global = (name: string): void => {
    if (!world.knows(name)) throw cursor.problem('tensors, dicts, lists, texts and numbers only', `"${name.slice(0, 120)}"`);
    stack.push(new PickleGlobal(name));
  };
  const call = (args: unknown, callee: unknown): void => {
    if (!(callee instanceof PickleGlobal) || !(args instanceof PickleTuple)) throw damaged();
    stack.push(world.call(callee.name, args.items));
  };

  for (;;) {
    const code = cursor.unsigned(1);
    switch (code) {
      case OP.PROTO: {
        const protocol = cursor.unsigned(1);
        if (protocol < 2 || protocol > 5) throw cursor.problem('a pickle of protocol 2 to 5', `protocol ${protocol}`);
        break;
      }
      case OP.FRAME:
        cursor.take(8);
        break;
      case OP.STOP:
        return { value: pop(), end: cursor.at };
      case OP.MARK:
        below.push(stack);
        stack = [];
        break;
      case OP.POP:
        // As in Python: on an empty stack it takes the mark away.
        if (stack.length > 0) stack.pop();
        else popMark();
        break;
      case OP.POP_MARK:
        popMark();
        break;
      case OP.DUP:
        stack.push(top());
        break;
      case OP.NONE:
        stack.push(null);
        break;
      case OP.NEWTRUE:
        stack.push(true);
        break;
      case OP.NEWFALSE:
        stack.push(false);
        break;
      case OP.BININT:
        stack.push(cursor.int32());
        break;
      case OP.BININT1:
        stack.push(cursor.unsigned(1));
        break;
      case OP.BININT2:
        stack.push(cursor.unsigned(2));
        break;
      case OP.LONG1:
        stack.push(cursor.integer(cursor.unsigned(1)));
        break;
      case OP.LONG4:
        stack.push(cursor.integer(cursor.unsigned(4)));
        break;
      case OP.BINFLOAT:
        stack.push(cursor.float());
        break;
      case OP.SHORT_BINUNICODE:
      case OP.SHORT_BINSTRING:
        stack.push(cursor.text(cursor.unsigned(1)));
        break;
      case OP.BINUNICODE:
      case OP.BINSTRING:
        stack.push(cursor.text(cursor.unsigned(4)));
        break;
      case OP.BINUNICODE8:
        stack.push(cursor.text(cursor.unsigned(8)));
        break;
      case OP.SHORT_BINBYTES:
        stack.push(cursor.take(cursor.unsigned(1)));
        break;
      case OP.BINBYTES:
        stack.push(cursor.take(cursor.unsigned(4)));
        break;
      case OP.BINBYTES8:
        stack.push(cursor.take(cursor.unsigned(8)));
        break;
      case OP.EMPTY_TUPLE:
        tuple(0);
        break;
      case OP.TUPLE1:
        tuple(1);
        break;
      case OP.TUPLE2:
        tuple(2);
        break;
      case OP.TUPLE3:
        tuple(3);
        break;
      case OP.TUPLE: {
        const items = popMark();
        stack.push(new PickleTuple(items));
        break;
      }
      case OP.EMPTY_LIST:
        stack.push([]);
        break;
      case OP.LIST: {
        const items = popMark();
        stack.push(items);
        break;
      }
      case OP.APPEND: {
        const item = pop();
        append([item]);
        break;
      }
      case OP.APPENDS: {
        const items = popMark();
        append(items);
        break;
      }
      case OP.EMPTY_DICT:
        stack.push(new Map());
        break;
      case OP.DICT: {
        const items = popMark();
        stack.push(new Map());
        setItems(items);
        break;
      }
      case OP.SETITEM: {
        const value = pop();
        const key = pop();
        setItems([key, value]);
        break;
      }
      case OP.SETITEMS: {
        const items = popMark();
        setItems(items);
        break;
      }
      case OP.BINPUT:
        remember(cursor.unsigned(1));
        break;
      case OP.LONG_BINPUT:
        remember(cursor.unsigned(4));
        break;
      case OP.MEMOIZE:
        remember(memo.size);
        break;
      case OP.BINGET:
        recall(cursor.unsigned(1));
        break;
      case OP.LONG_BINGET:
        recall(cursor.unsigned(4));
        break;
      case OP.GLOBAL: {
        const module = cursor.line();
        global(`${module}.${cursor.line()}`);
        break;
      }
      case OP.STACK_GLOBAL: {
        const name = pop();
        const module = pop();
        if (typeof name !== 'string' || typeof module !== 'string') throw damaged();
        global(`${module}.${name}`);
        break;
      }
      case OP.REDUCE:
      case OP.NEWOBJ: {
        const args = pop();
        call(args, pop());
        break;
      }
      case OP.BUILD: {
        // Attributes of a dict, such as a state dict's `_metadata`: they say nothing about tensors.
        pop();
        if (!(top() instanceof Map)) throw cursor.problem('attributes of dicts only', 'those of another object');
        break;
      }
      case OP.BINPERSID:
        stack.push(world.persistent(pop()));
        break;
      default:
        throw cursor.problem('tensors, dicts, lists, texts and numbers only', `the pickle opcode 0x${code.toString(16)}`);
    }
  }
}
