/** Numbers of the activations, as the AssemblyScript kernels know them; 0 is none. */
export const GELU = 1;
export const GELU_NEW = 2;
export const RELU = 3;
export const TANH = 4;
export const SILU = 5;
export const QUICK_GELU = 6;
export const MISH = 7;
