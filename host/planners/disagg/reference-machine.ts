import { type ReplicaInput, type ReplicaOption } from "../sizing/replica-option.js";
import { roleKind, type RoleKind } from "./role-kind.js";
import { UncontendedReference } from "./uncontended-reference.js";

/** The machine that slowdowns are measured against unless another is named: Patel et al., Splitwise, ISCA 2024, section 5.3. */
const REFERENCE_GPU = "a100-sxm-80gb";
const REFERENCE_TP = 8;

/**
 * The machine that serves lone requests.
 *
 * @param chosen A kind of replica; `true`: eight A100 with the model of `kind`, or the profile a100 where it has none.
 * @throws InputError if the model does not fit it.
 */
export function referenceMachine(chosen: true | ReplicaOption, kind: RoleKind, maxCtx: number): UncontendedReference {
  const option = chosen === true ? standard(kind) : chosen;
  return UncontendedReference.of(option.name, roleKind(option, maxCtx).pool);
}

function standard({ option, pool }: RoleKind): ReplicaOption {
  const model = option.replica.iteration_model;
  if (model?.type !== "roofline") return { name: "A100-80GB", replica: { gpu: "a100" } };
  // Efficiencies that were given are those of another GPU.
  const { model: facts, dtype, kv_dtype } = model;
  const replica = {
    iteration_model: {
      type: "roofline",
      hardware: REFERENCE_GPU,
      model: facts,
      tp: REFERENCE_TP,
      // What an A100 has not is computed in bf16.
      ...(dtype === undefined || dtype === "fp8" ? {} : { dtype }),
      ...(kv_dtype === undefined ? {} : { kv_dtype }),
    },
  } as ReplicaInput;
  return { name: `${REFERENCE_GPU}/${pool.roofline!.model.name}/TP${REFERENCE_TP}`, replica };
}
