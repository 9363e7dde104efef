import type { WeightDtype } from "../models/model-facts.js";
import type { ConfigFields } from "./config-fields.js";

const METHODS = "must be one of fp8, fbgemm_fp8, mxfp4, awq, gptq, compressed-tensors";
const INSTEAD = "give the shape of the model without it, and the type of weights where it is used";

/** The type of the weights of layers by `quantization_config`; bf16 where there is none. */
export function storedType(config: ConfigFields): WeightDtype {
  const quantization = config.object("quantization_config");
  if (quantization === undefined) return "bf16";
  const method = quantization.text("quant_method");
  switch (method) {
    case "fp8":
    case "fbgemm_fp8":
      return "fp8";
    case "mxfp4":
      return "mxfp4";
    case "awq":
    case "gptq":
      if (quantization.get("bits") === 4) return "int4";
      throw quantization.mistake("bits", `must be 4; ${INSTEAD}`);
    case "compressed-tensors":
      return compressedType(quantization);
    default:
      throw quantization.mistake("quant_method", `${METHODS}; ${INSTEAD}`);
  }
}

/** All groups of `compressed-tensors` must be of one type. */
function compressedType(quantization: ConfigFields): WeightDtype {
  const groups = quantization.object("config_groups");
  const types = new Set<WeightDtype | undefined>();
  for (const key of groups?.keys() ?? []) {
    const weights = groups!.object(key)?.object("weights");
    const bits = weights?.get("num_bits");
    const type = weights?.get("type");
    types.add(bits === 8 && type === "float" ? "fp8" : bits === 4 && type === "int" ? "int4" : undefined);
  }
  const [only] = types;
  if (types.size === 1 && only !== undefined) return only;
  throw quantization.mistake(
    "config_groups",
    `must have groups of weights with num_bits 8 and type float, or num_bits 4 and type int; ${INSTEAD}`,
  );
}
