/**
 * The contract between the ops and the backends: every kernel of the engine by name, with its inputs, attributes and
 * outputs. Each backend (`cpu`, `simd`, `webgpu`) is one `KernelTable`, so a kernel that one of them lacks does not
 * compile. Nothing here computes.
 *
 * Shapes: B rows of a batch, T tokens (all rows laid end to end, no padding between them), H hidden, A heads,
 * D = H/A head size, F feed-forward, N and K the sides of a weight, V vocabulary, P positions, Y token types, C classes.
 * Row b owns the tokens offsets[b] .. offsets[b+1]. T may exceed offsets[B] (webgpu rounds up): such tokens belong to no
 * row, attend to nothing (their output is 0) and receive no gradient.
 *
 * Weights keep PyTorch's layout: a linear weight is [N, K] = [out, in].
 */
import type { TensorInfo } from '@tensorflow/tfjs-core';

export type Activation = 'none' | 'gelu' | 'gelu_new' | 'relu' | 'tanh' | 'silu' | 'quick_gelu' | 'mish';

/**
 * Dropout is Philox4x32-10 (Salmon et al. 2011), drawn again in backward and never stored, the same bits on every backend.
 * `rng` is an int32 tensor [seed_lo, seed_hi, step]; the key is the seed, the counter of element e is
 * [e >> 2, stream, step, 0] and e takes output word e & 3. The attention weight of key j (within its row), query token t,
 * head a has the counter [j >> 2, stream, step, t*A + a] and takes word j & 3.
 * An element is kept when its word (unsigned) >= floor(rate * 2^32), and is then scaled by f32(1 / (1 - rate)).
 * rate 0 means no dropout (evaluation): `rng` is not read. `stream` numbers the place in the network.
 */
export interface DropoutAttrs {
  readonly rate: number;
  readonly stream: number;
}

/** y [T,width], y[:, to .. to+count) = x[:, from .. from+count), 0 elsewhere. */
export interface MoveColumnsAttrs {
  readonly from: number;
  readonly to: number;
  readonly count: number;
  readonly width: number;
}

/** Which gradients of a linear layer are asked for: of its input, of its weight and bias. */
export interface LinearNeeds {
  readonly input: boolean;
  readonly weight: boolean;
}

/** How LoRA's matrices lie beside a linear layer; see LoraLinear. */
export interface LoraAttrs {
  readonly activation: Activation;
  /** lora_alpha / r. */
  readonly scale: number;
  /** Each slot once. */
  readonly slots: readonly number[];
}

/** name: { inputs, attrs, outputs } - outputs in order. `?` inputs may be absent. */
export interface Kernels {
  /** z = x·Wᵀ + b; y = activation(z). Outputs [y] for 'none', else [y, z]. x [T,K], weight [N,K], bias [N] -> [T,N]. */
  Linear: {
    inputs: { x: TensorInfo; weight: TensorInfo; bias: TensorInfo };
    attrs: { activation: Activation };
    outputs: TensorInfo[];
  };
  /**
   * dy [T,N] (and z [T,N] unless 'none') -> those that are needed of [dx [T,K], dweight [N,K], dbias [N]], the last two together.
   * weight is read for dx and x for the others.
   */
  LinearGrad: {
    inputs: { dy: TensorInfo; x?: TensorInfo; weight?: TensorInfo; z?: TensorInfo };
    attrs: { activation: Activation; needs: LinearNeeds };
    outputs: TensorInfo[];
  };
  /**
   * A linear layer with LoRA beside it: z = x·Wᵀ + b + low·Uᵀ; y = activation(z). Outputs as Linear's. x [T,K], weight [N,K], bias [N],
   * low [T,S·r], up [S·M,r]. U [N,S·r] is `up` spread out: the N outputs are slots.length parts of M each, part p has the slot slots[p] or,
   * at -1, none; U[p·M + m, s·r + j] = scale · up[s·M + m, j] for s = slots[p], else 0.
   */
  LoraLinear: {
    inputs: { x: TensorInfo; weight: TensorInfo; bias: TensorInfo; low: TensorInfo; up: TensorInfo };
    attrs: LoraAttrs;
    outputs: TensorInfo[];
  };
  /** dy [T,N] (and z [T,N] unless 'none') -> [dlow [T,S·r], dup [S·M,r]] and, where `weight` is there, dx [T,K]. */
  LoraLinearGrad: {
    inputs: { dy: TensorInfo; low: TensorInfo; up: TensorInfo; weight?: TensorInfo; z?: TensorInfo };
    attrs: LoraAttrs;
    outputs: [dlow: TensorInfo, dup: TensorInfo] | [dlow: TensorInfo, dup: TensorInfo, dx: TensorInfo];
  };
  /**
   * Per row and head: softmax(Q·Kᵀ/√D), dropout on the weights, times V. qkv [T,3H] holds q, k, v side by side; offsets int32 [B+1].
   * -> [out [T,H], lse [T,A]], lse the log-sum-exp of the scaled scores, kept so that backward can regenerate the weights.
   *
   * With `relative` [R,3H] it is DeBERTa's disentangled attention: query i and key j of a row have the score
   * (q_i·k_j + q_i·relative.k[p] + k_j·relative.q[p]) / √(terms·D), p = places[i - j + reach]; relative's third part is not read.
   * `terms` is 3 unless it is given, and 1 without `relative`.
   * places int32, at least 2·reach + 1 of them, padded to a multiple of 4, do not decrease; rows have at most reach + 1 tokens.
   */
  Attention: {
    inputs: { qkv: TensorInfo; offsets: TensorInfo; rng: TensorInfo; relative?: TensorInfo; places?: TensorInfo };
    attrs: { heads: number; dropout: DropoutAttrs; reach?: number; terms?: number };
    outputs: [TensorInfo, TensorInfo];
  };
  /** dout [T,H] -> [dqkv [T,3H]], and with `relative` drelative [R,3H], whose third part is 0. */
  AttentionGrad: {
    inputs: {
      dout: TensorInfo;
      qkv: TensorInfo;
      out: TensorInfo;
      lse: TensorInfo;
      offsets: TensorInfo;
      rng: TensorInfo;
      relative?: TensorInfo;
      places?: TensorInfo;
    };
    attrs: { heads: number; dropout: DropoutAttrs; reach?: number; terms?: number };
    outputs: [dqkv: TensorInfo] | [dqkv: TensorInfo, drelative: TensorInfo];
  };
  /**
   * s = dropout(x) + residual; y = (s - mean)·rstd·gamma + beta over the last axis, rstd = 1/√(var + eps), var biased.
   * x, residual [T,H], gamma, beta [H] -> [y [T,H], s [T,H], mean [T], rstd [T]].
   */
  AddLayerNorm: {
    inputs: { x: TensorInfo; residual?: TensorInfo; gamma: TensorInfo; beta: TensorInfo; rng: TensorInfo };
    attrs: { eps: number; dropout: DropoutAttrs };
    outputs: [TensorInfo, TensorInfo, TensorInfo, TensorInfo];
  };
  /** dy [T,H] -> [ds [T,H] (the residual's gradient), dx [T,H] (ds through the dropout)], and dgamma, dbeta [H] where `affine` asks. */
  AddLayerNormGrad: {
    inputs: { dy: TensorInfo; s: TensorInfo; mean: TensorInfo; rstd: TensorInfo; gamma: TensorInfo; rng: TensorInfo };
    attrs: { dropout: DropoutAttrs; affine: boolean };
    outputs: [ds: TensorInfo, dx: TensorInfo] | [ds: TensorInfo, dx: TensorInfo, dgamma: TensorInfo, dbeta: TensorInfo];
  };
  /** out[t] = word[ids[t]] + position[positions[t]] + type[types[t]]; int32 [T] each. -> [[T,H]]. */
  Embeddings: {
    inputs: {
      ids: TensorInfo;
      positions: TensorInfo;
      types: TensorInfo;
      word: TensorInfo;
      position: TensorInfo;
      type: TensorInfo;
    };
    attrs: Record<string, never>;
    outputs: [TensorInfo];
  };
  /** dy [T,H] -> [dword [V,H], dposition [P,H], dtype [Y,H]], dense, added in token order (deterministic). */
  EmbeddingsGrad: {
    inputs: { dy: TensorInfo; ids: TensorInfo; positions: TensorInfo; types: TensorInfo };
    attrs: { vocabulary: number; positionCount: number; typeCount: number };
    outputs: [TensorInfo, TensorInfo, TensorInfo];
  };
  /** y = dropout(x), any shape. Its gradient is itself on dy. -> [y]. */
  Dropout: {
    inputs: { x: TensorInfo; rng: TensorInfo };
    attrs: { dropout: DropoutAttrs };
    outputs: [TensorInfo];
  };
  /** y[i] = x[rows[i]]; x [T,H], rows int32 [B], each row at most once. -> [[B,H]]. */
  TakeRows: {
    inputs: { x: TensorInfo; rows: TensorInfo };
    attrs: Record<string, never>;
    outputs: [TensorInfo];
  };
  /** Columns of a matrix at another place (`MoveColumnsAttrs`). Its gradient is itself on dy, back. -> [y]. */
  MoveColumns: { inputs: { x: TensorInfo }; attrs: MoveColumnsAttrs; outputs: [TensorInfo] };
  /** y[t, h·size + j] = x[t + j - ⌊size/2⌋, h], 0 outside the token's row. x [T,H], offsets [B+1], size odd -> [[T, H·size]]. */
  Unfold: { inputs: { x: TensorInfo; offsets: TensorInfo }; attrs: { size: number }; outputs: [TensorInfo] };
  /** dy [T, H·size] -> [dx [T,H]]. */
  UnfoldGrad: { inputs: { dy: TensorInfo; offsets: TensorInfo }; attrs: { size: number }; outputs: [TensorInfo] };
  /** y = activation(z), any shape. -> [y]. */
  Activate: { inputs: { z: TensorInfo }; attrs: { activation: Exclude<Activation, 'none'> }; outputs: [TensorInfo] };
  /** -> [dz]. */
  ActivateGrad: {
    inputs: { dy: TensorInfo; z: TensorInfo };
    attrs: { activation: Exclude<Activation, 'none'> };
    outputs: [TensorInfo];
  };
  /** dy [B,H] -> [dx [rowCount,H]], zero where no row was taken. */
  TakeRowsGrad: {
    inputs: { dy: TensorInfo; rows: TensorInfo };
    attrs: { rowCount: number };
    outputs: [TensorInfo];
  };
  /**
   * PyTorch's CrossEntropyLoss, reduction 'mean': logits [B,C], labels int32 [B], classWeights [C] (the mean is then weighted),
   * label smoothing e: target (1-e)·onehot + e/C. -> [loss [] , dlogits [B,C] for an upstream gradient of 1].
   */
  CrossEntropy: {
    inputs: { logits: TensorInfo; labels: TensorInfo; classWeights?: TensorInfo };
    attrs: { labelSmoothing: number };
    outputs: [TensorInfo, TensorInfo];
  };
  /**
   * PyTorch's BCEWithLogitsLoss, reduction 'mean' over rows and classes: logits, targets f32 [B,C], posWeights [C].
   * -> [loss [], dlogits [B,C] for an upstream gradient of 1].
   */
  BinaryCrossEntropy: {
    inputs: { logits: TensorInfo; targets: TensorInfo; posWeights?: TensorInfo };
    attrs: Record<string, never>;
    outputs: [TensorInfo, TensorInfo];
  };
  /** Two numbers of 16 bits in a word, for keeping: x of n numbers -> [int32 [⌈n/2⌉]]. */
  PackHalves: { inputs: { x: TensorInfo }; attrs: Record<string, never>; outputs: [TensorInfo] };
  /** -> [f32 of the shape]. */
  UnpackHalves: { inputs: { packed: TensorInfo }; attrs: { shape: readonly number[] }; outputs: [TensorInfo] };
  /** sum ← sum + value in place, or with `first` sum ← value; of one shape. */
  Accumulate: {
    inputs: { sum: TensorInfo; value: TensorInfo };
    attrs: { first: boolean };
    outputs: [];
  };
  /** The L2 norm over all inputs together, added in a fixed order. Inputs g0, g1, ... of any shape. -> [[1]]. */
  GlobalNorm: {
    inputs: Record<string, TensorInfo>;
    attrs: Record<string, never>;
    outputs: [TensorInfo];
  };
  /**
   * One AdamW step in place on param, m and v (torch.optim.AdamW's order: decay, moments, bias correction, update), after
   * scaling the gradient by min(1, max_grad_norm / (norm + 1e-6)) (torch's clip_grad_norm_; max_grad_norm 0: no clipping).
   * norm [1] from GlobalNorm; hyper f32 [8], see `HYPER`. `decay` false: no weight decay (biases, LayerNorm).
   */
  AdamW: {
    inputs: { param: TensorInfo; m: TensorInfo; v: TensorInfo; grad: TensorInfo; norm: TensorInfo; hyper: TensorInfo };
    attrs: { decay: boolean };
    outputs: [];
  };
}

/** Places in AdamW's `hyper` tensor; corrections are 1 - beta^t for step t = 1, 2, ... */
export const HYPER = {
  learningRate: 0,
  beta1: 1,
  beta2: 2,
  eps: 3,
  weightDecay: 4,
  correction1: 5,
  correction2: 6,
  maxGradNorm: 7,
} as const;

export type KernelName = keyof Kernels;

/** A backend's form of a kernel. `Backend` is its own class (SimdBackend, WebGPUBackend, MathBackendCPU). */
export type KernelFunction<Name extends KernelName, Backend> = (
  inputs: Kernels[Name]['inputs'],
  attrs: Kernels[Name]['attrs'],
  backend: Backend,
) => Kernels[Name]['outputs'];

/** All kernels of one backend. */
export type KernelTable<Backend> = { readonly [Name in KernelName]: KernelFunction<Name, Backend> };
