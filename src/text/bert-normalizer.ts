/**
 * BERT's text clean-up as Python `tokenizers` (the Rust `BertNormalizer`) does it, in place of the JavaScript library's, which
 * differs for Chinese characters beyond U+FFFF (it does not split them) and for a capital sigma at the end of a word (it
 * writes the final form). Every character's result depends on itself and on the combining marks after it, never on anything
 * across a space: `word-cache.ts` relies on that.
 */
import { BertNormalizer } from '@huggingface/tokenizers';

/** Control, format, private use; tab and line ends stay, they are spaces in the next step. Unassigned characters stay too. */
const REMOVED = /(?![\t\n\r])[\p{Cc}\p{Cf}\p{Co}\p{Cs}\uFFFD]/gu;
/** The ideograph blocks that `tokenizers` 0.23 puts spaces around, with its gap between U+2B81F and U+2B920. */
const IDEOGRAPH =
  /[\u{3400}-\u{4DBF}\u{4E00}-\u{9FFF}\u{F900}-\u{FAFF}\u{20000}-\u{2A6DF}\u{2A700}-\u{2B81F}\u{2B920}-\u{2CEAF}\u{2F800}-\u{2FA1F}]/gu;
const PLAIN_ASCII = /^[ -~]*$/;

/** Lower case character by character, as Rust's `char::to_lowercase`: without the rule for a final sigma. */
function lowercase(text: string): string {
  if (!text.includes('Σ')) return text.toLowerCase();
  return text
    .split('Σ')
    .map((part) => part.toLowerCase())
    .join('σ');
}

export class RustBertNormalizer extends BertNormalizer {
  /** The order is Rust's: clean, space ideographs, strip accents (NFD without marks), lower-case. */
  override normalize(text: string): string {
    const { clean_text, handle_chinese_chars, strip_accents, lowercase: lowers } = this.config;
    if (PLAIN_ASCII.test(text)) return lowers ? text.toLowerCase() : text;
    let result = text;
    if (clean_text) result = result.replace(REMOVED, '').replace(/\s/g, ' ');
    if (handle_chinese_chars) result = result.replace(IDEOGRAPH, ' $& ');
    if (strip_accents ?? lowers) result = result.normalize('NFD').replace(/\p{Mn}/gu, '');
    return lowers ? lowercase(result) : result;
  }
}
