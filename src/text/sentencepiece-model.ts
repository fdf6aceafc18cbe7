/**
 * What a tokenizer needs of a sentencepiece model file (sentencepiece_model.proto): its pieces with scores and types, the kind of model and
 * the character map. Field numbers are that file's; unknown fields are skipped, as protobuf asks.
 */
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import { Problem } from '../lib/problem.ts';

/** `ModelProto.SentencePiece.Type`. */
export const PIECE_TYPE = { normal: 1, unknown: 2, control: 3, userDefined: 4, unused: 5, byte: 6 } as const;
/** `TrainerSpec.ModelType`. */
const MODEL_TYPES: readonly string[] = ['', 'Unigram', 'BPE', 'word', 'character'];

export interface SentencePiece {
  readonly piece: string;
  readonly score: number;
  readonly type: number;
}

export interface SentencePieceModel {
  readonly pieces: readonly SentencePiece[];
  readonly unknownId: number;
  /** Empty when the model has none. */
  readonly charsmap: Uint8Array;
}

/** Calls `take` for each field of the message that ends at `end`; a field that it does not take (false) is skipped. */
function eachField(reader: BinaryReader, end: number, take: (field: number, wire: WireType) => boolean): void {
  while (reader.pos < end) {
    const [field, wire] = reader.tag();
    if (!take(field, wire)) reader.skip(wire, field);
  }
  if (reader.pos !== end) throw new RangeError('a message that ends within a field');
}

/** The end of the message that begins here. */
function messageEnd(reader: BinaryReader): number {
  const length = reader.uint32();
  return reader.pos + length;
}

function readPiece(reader: BinaryReader): SentencePiece {
  const found = { piece: '', score: 0, type: PIECE_TYPE.normal as number };
  eachField(reader, messageEnd(reader), (field, wire) => {
    if (field === 1 && wire === WireType.LengthDelimited) found.piece = reader.string();
    else if (field === 2 && wire === WireType.Bit32) found.score = reader.float();
    else if (field === 3 && wire === WireType.Varint) found.type = reader.int32();
    else return false;
    return true;
  });
  return found;
}

function readModel(bytes: Uint8Array): SentencePieceModel & { readonly modelType: number } {
  const pieces: SentencePiece[] = [];
  const found = { unknownId: 0, modelType: 1, charsmap: new Uint8Array(0) };
  const reader = new BinaryReader(bytes);
  eachField(reader, bytes.length, (field, wire) => {
    if (wire !== WireType.LengthDelimited) return false;
    if (field === 1) pieces.push(readPiece(reader));
    else if (field === 2) {
      eachField(reader, messageEnd(reader), (inner, kind) => {
        if (inner === 3 && kind === WireType.Varint) found.modelType = reader.int32();
        else if (inner === 40 && kind === WireType.Varint) found.unknownId = reader.int32();
        else return false;
        return true;
      });
    } else if (field === 3) {
      eachField(reader, messageEnd(reader), (inner, kind) => {
        if (inner !== 2 || kind !== WireType.LengthDelimited) return false;
        found.charsmap = Uint8Array.from(reader.bytes());
        return true;
      });
    } else return false;
    return true;
  });
  return { pieces, ...found };
}

const FIX = 'The file is damaged or another one: download or copy it again.';

/** `where`: the file's name. Throws `Problem` when it is damaged, or of a kind other than Unigram. */
export function readSentencePieceModel(where: string, bytes: Uint8Array): SentencePieceModel {
  let model: ReturnType<typeof readModel>;
  try {
    model = readModel(bytes);
  } catch (error) {
    const found = `${bytes.length.toLocaleString('en-US')} bytes that are not one (${error instanceof Error ? error.message : String(error)})`;
    throw new Problem({ where, expected: 'a sentencepiece model', found, fix: FIX });
  }
  const { pieces, unknownId, modelType, charsmap } = model;
  if (pieces.length === 0) throw new Problem({ where, expected: 'a sentencepiece model', found: 'no pieces in it', fix: FIX });
  if (modelType !== 1) {
    const found = `one of kind ${MODEL_TYPES[modelType] ?? modelType}`;
    const fix = 'Choose a model with a Unigram tokenizer, as XLM-RoBERTa and DeBERTa-v3 have, or one with a tokenizer.json.';
    throw new Problem({ where, expected: 'a sentencepiece model of kind Unigram', found, fix });
  }
  if (pieces[unknownId]?.type !== PIECE_TYPE.unknown) {
    const found = `the piece ${JSON.stringify(pieces[unknownId]?.piece ?? null)} of type ${pieces[unknownId]?.type ?? 'none'}`;
    throw new Problem({ where, expected: `the unknown piece at id ${unknownId}`, found, fix: FIX });
  }
  return { pieces, unknownId, charsmap };
}
