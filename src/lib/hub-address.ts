/** The Hugging Face hub: the one place that knows its address. Downloads of large files are redirected to other hosts of its own. */
export const HUB = 'https://huggingface.co';
