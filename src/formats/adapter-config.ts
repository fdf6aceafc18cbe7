/** adapter_config.json of a LoRA adapter, as peft reads it. */

export interface AdapterFacts {
  /** What it changes: an id on the hub, or a name. */
  readonly baseModel: string;
  readonly r: number;
  readonly alpha: number;
  readonly dropout: number;
  /** Ends of names. */
  readonly targetModules: readonly string[];
  /** Modules that were trained whole, by the ends of their names. */
  readonly modulesToSave: readonly string[];
}

/** What peft's `LoraConfig` needs to know; all else has its default. `peft_version` is the one that reads it in our tests. */
export function adapterConfig({
  baseModel,
  r,
  alpha,
  dropout,
  targetModules,
  modulesToSave,
}: AdapterFacts): Record<string, unknown> {
  return {
    base_model_name_or_path: baseModel,
    bias: 'none',
    fan_in_fan_out: false,
    inference_mode: true,
    init_lora_weights: true,
    lora_alpha: alpha,
    lora_dropout: dropout,
    modules_to_save: modulesToSave,
    peft_type: 'LORA',
    peft_version: '0.21.2',
    r,
    target_modules: targetModules,
    task_type: 'SEQ_CLS',
    use_dora: false,
    use_rslora: false,
  };
}
