/** Numbers of the activations, as the AssemblyScript kernels know them; 0 is none. */
export const GELU = 1;
export const GELU_NEW = 2;
export const RELU = 3;
export const TANH = 4;
