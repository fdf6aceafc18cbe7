/** Good models of the hub to begin with: the sizes are those of the weights that are downloaded. */
export interface HubSuggestion {
  readonly id: string;
  /** Bytes. */
  readonly bytes: number;
  readonly about: string;
}

export const HUB_SUGGESTIONS: readonly HubSuggestion[] = [
  { id: 'prajjwal1/bert-tiny', bytes: 17.8e6, about: 'English, 2 layers: to try things out in seconds' },
  { id: 'google/bert_uncased_L-4_H-256_A-4', bytes: 45.1e6, about: 'English, 4 layers: quick on a CPU' },
  { id: 'google/electra-small-discriminator', bytes: 54.2e6, about: 'English, 12 thin layers: the best of the small ones' },
  { id: 'sentence-transformers/all-MiniLM-L6-v2', bytes: 90.9e6, about: 'English, 6 layers: good with few examples' },
  { id: 'distilbert/distilbert-base-uncased', bytes: 268e6, about: 'English, 6 layers: nearly BERT in half the time' },
  { id: 'microsoft/deberta-v3-small', bytes: 286e6, about: 'English, 6 layers: more accurate than BERT, slower' },
  { id: 'google-bert/bert-base-uncased', bytes: 440e6, about: 'English, 12 layers: the classic that papers compare with' },
  { id: 'FacebookAI/roberta-base', bytes: 499e6, about: 'English, 12 layers: more accurate, knows upper case' },
  { id: 'FacebookAI/xlm-roberta-base', bytes: 1.12e9, about: '100 languages, 12 layers: for all that is not English' },
];
