/** The Hugging Face hub: where datasets are fetched from when a person names one. */
export const HUB = 'https://huggingface.co';
