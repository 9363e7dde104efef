/**
 * The public face of the package: everything that the command line can do, as functions, in Node and in a browser.
 *
 * Readers of files by path work in Node alone; everywhere else a trace is an iterable of bytes and a fleet an object or text.
 */
export { InputError } from "./specs/input-error.js";
export { type Core, builtInModule, loadCore } from "./core/load.js";
export type { Distribution } from "./core/distribution.js";
export type { Figures, Latencies, RejectedByReason, RequestCounts } from "./core/figures.js";
export type { Bottleneck } from "./core/bottlenecks.js";
export type { Energy, EnergyFigures } from "./core/energy-figures.js";
export type { AttainmentByLimit } from "./core/latencies.js";
export { EXACT_UP_TO_REQUESTS, type Outcome } from "./core/outcome.js";
export type { StagedFigures, StagedUtilisation, Transfers } from "./core/staged-figures.js";
export type { ResultRows } from "./core/simulation.js";
export type { Stability } from "./core/stability.js";
export type { Batching } from "./core/batching-figures.js";
export type { InterTokenLatency } from "./core/gap-sketch.js";
export type { PairedDifference } from "./core/paired-difference.js";
export type { PoolCourse } from "./core/pool-course.js";
export type { Quantiles } from "./core/quantiles.js";
export type { ClosedLoop } from "./core/run-spec.js";

export { BUILT_IN_CATALOG, type Catalog, parseCatalog, readCatalogFile } from "./specs/catalog.js";
export {
  borrowsKernels,
  type HardwareEntry,
  type HardwareFacts,
  type HardwareFigure,
} from "./specs/hardware-catalog.js";
export { importModel, type ImportOptions, modelFromConfig } from "./specs/hugging-face.js";
export type { LatentAttention, ModelEntry, ModelFacts, SlidingWindow, WeightDtype } from "./specs/model-catalog.js";
export { activeParameterCount, parameterCount } from "./profiles/model-shape.js";
export {
  type HardwareListing,
  listHardware,
  listModels,
  type ModelDerived,
  type ModelListing,
  showModel,
} from "./planners/catalog.js";
export { type LinkListing, type LinkRow, listLinks } from "./planners/link-list.js";
export {
  checkFleet,
  type Engine,
  type FleetInput,
  fleetJsonSchema,
  type FleetSpec,
  parseFleet,
} from "./specs/fleet-spec.js";
export { type Fleet, type Pool, resolveFleet } from "./specs/fleet.js";
export { GPU_NAMES, type GpuName, gpuProfile } from "./specs/gpu-catalog.js";
export type { ManualProfile, PowerCurve } from "./specs/profile-spec.js";
export { readFleetFile } from "./specs/read-fleet-file.js";
export type { ComputedProfile, ProfileServing } from "./profiles/computed-profile.js";
export type { ExplainedInput, ExplainedStep, InputKind, Provenance } from "./profiles/explain.js";
export { type ManualPerformance, manualPerformance } from "./profiles/manual-performance.js";
export { poolReplicaPowerW } from "./profiles/pool-power.js";
export { powerW, sequencesAtPowerW } from "./profiles/power.js";
export type { PowerQuality } from "./profiles/power-coefficients.js";
export type { ReplicaPerformance, ReplicaPower, RunningBatch } from "./profiles/replica-performance.js";
export type { AffineModel, IterationModel, TableModel, TokensKnot } from "./profiles/iteration-model.js";
export type { PythonDecodeEfficiency } from "./profiles/python/efficiency.js";
export type { ReplicaPeaks } from "./profiles/roofline-replica.js";
export type { LineBatches, LineError } from "./profiles/step-line.js";
export {
  computeProfile,
  profile,
  type ProfileOptions,
  type ProfileResult,
  type UnfitResult,
} from "./planners/profile.js";
export { listProfiles, type ProfileList, type ProfileListOptions, type ProfileRow } from "./planners/profile-list.js";
export { manualProfile, type ManualProfileResult } from "./planners/profile-manual.js";
export { pythonProfileResult, type PythonProfileResult } from "./planners/profile-python.js";
export type { ProfileSummary } from "./planners/profile-summary.js";
export { readProfileFile } from "./specs/read-profile-file.js";
export { type TwoPoolFlags, twoPoolFleet } from "./specs/two-pool-fleet.js";
export type { WrittenEntry, WrittenFigure } from "./specs/catalog-writer.js";
export type { FieldNaming, FieldPath } from "./specs/check.js";
export type { FetchOptions } from "./specs/hugging-face/fetch-config.js";
export type { ConfigReading } from "./specs/hugging-face/read-config.js";
export type { MeasuredGpu } from "./specs/kernel-catalog.js";
export type { PoolServing } from "./specs/pool-serving.js";
export type { DecodeStage, PoolStage, PrefillStage, StageLink } from "./specs/pool-stage.js";
export { type KvBytes, kvBytesOf } from "./specs/kv-bytes.js";
export type { Handover, LinkMode, LinkSpec, Sharing, TransferSpec } from "./specs/link-spec.js";
export type { DecodeSpec, FirstToken, PrefillSpec, Role } from "./specs/stage-spec.js";
export type { Balance, PoolSpec, QueueKind } from "./specs/pool-spec.js";
export type { Dtype, KvDtype, RooflineKernels, RooflineSpec } from "./specs/roofline-spec.js";
export type { RouterSpec } from "./specs/router-spec.js";
export type { PoolWorkload } from "./specs/workload-spec.js";
export type { IterationModelSpec } from "./specs/iteration-model-spec.js";
export type { Policy, Scheduler, ServingSpec } from "./specs/serving-spec.js";

export { erlangB, erlangC } from "./queueing/erlang.js";
export { type GeneralQueue, mgcWait } from "./queueing/mgc.js";
export { minServers, type ServersWanted } from "./queueing/min-servers.js";
export { type ServiceShape, shapeOfCv2, shapeOfTimes } from "./queueing/service-shape.js";
export {
  fifoLinkWaitS,
  type LayerwiseTransfer,
  layerwiseVisibleS,
  linkSaturationRps,
  serialTransferS,
  sharedLinkS,
  type TransferMoments,
  transferMoments,
} from "./queueing/kv-transfer.js";
export {
  crossoverRps,
  interOp,
  intraOp,
  oneDevice,
  prefillTtft,
  type PrefillTtft,
  prefillTtftPercentileS,
  type PrefillUnit,
  saturationRps,
} from "./queueing/prefill-phase.js";
export { percentileOfSum } from "./queueing/sum-percentile.js";
export { type FleetPowerW, type PoolLoad, powerOfFleetW } from "./planners/energy/fleet-power.js";
export {
  SPLITWISE_DESIGNS,
  SPLITWISE_SERVERS,
  type SplitwiseBudget,
  splitwiseTokenServers,
} from "./planners/energy/splitwise-designs.js";
export type { WaitLaw } from "./queueing/wait-law.js";

export { type BuiltinWorkload, builtinWorkloads, getBuiltinWorkload } from "./workloads/builtin/catalog.js";
export { type Cdf, type CdfPoint, cdfToModel, parseCdf, readCdfFile } from "./workloads/cdf.js";
export { LengthLaw, type NodeOptions } from "./workloads/length-law/length-law.js";
export { lengthLawOf } from "./workloads/length-law/law-of-model.js";
export { lengthLawOfRequests } from "./workloads/length-law/law-of-requests.js";
export type { LengthNodes } from "./workloads/length-law/node-list.js";
export type { ArrivalProcess, LengthModel, RateProfile, WorkloadModel } from "./workloads/models.js";
export type { BlockColumns, RequestChunk, RequestSource } from "./workloads/requests.js";
export {
  type DescribeOptions,
  describeRequests,
  type NamedShare,
  type PriorityShare,
  type WorkloadStatistics,
} from "./workloads/statistics.js";
export { writeAzureTrace } from "./workloads/traces/azure-writer.js";
export { readTraceFile } from "./workloads/traces/bytes/file-bytes.js";
export { openTrace } from "./workloads/traces/open-trace.js";
export { readServeGen, type ServeGenFolder } from "./workloads/traces/servegen/read-folder.js";
export { type ServeGenOptions, serveGenSource } from "./workloads/traces/servegen/servegen-source.js";
export type { ServeGenClient, ServeGenLengths, ServeGenWindow } from "./workloads/traces/servegen/client.js";
export type {
  ArrivalUnit,
  ColumnNames,
  FieldMap,
  TraceFormat,
  TraceOptions,
  TraceReport,
  TraceSource,
  UnusableReason,
  UnusableRow,
} from "./workloads/traces/trace-source.js";
export type { PrefixReuse } from "./workloads/statistics-prefix.js";
export type { RateLengthCorrelation, RateVariation } from "./workloads/statistics-rate.js";
export type { TokenStatistics } from "./workloads/statistics-tokens.js";

export {
  capacity,
  type CapacityFigures,
  type CapacityQuestion,
  type CapacityResult,
  type TriedLoad,
} from "./planners/capacity.js";
export {
  type Combination,
  type Sweep,
  SWEPT_KEYS,
  type SweptKey,
  type SweptValue,
} from "./planners/capacity-combinations.js";
export type { CapacityObjective, CapacityOptions, SearchedUsers } from "./planners/capacity-options.js";
export type { LimitedBy, LimitedGaps, OperatingPoint, PointFigures } from "./planners/capacity-point.js";
export {
  capacitySweep,
  type CapacitySweepOptions,
  type CapacitySweepResult,
  type ComparedBy,
  type SweepRow,
} from "./planners/capacity-sweep.js";
export type { Classify, RequestView } from "./planners/classify.js";
export { COMPARABLE_ROUTERS, type ComparableRouter } from "./planners/compared-routers.js";
export {
  type ComparedFleet,
  compareRouters,
  type CompareRoutersOptions,
  type ComparisonOptions,
  type RouterRow,
} from "./planners/compare-routers.js";
export type { DifferenceVerdict, JudgedDifference, RouterDifference } from "./planners/router-difference.js";
export {
  type Attainment,
  type BreaksFirst,
  type Colocated,
  type ColocatedPoint,
  disagg,
  type DisaggBudget,
  type DisaggCheck,
  type DisaggDesign,
  type DisaggGoal,
  type DisaggMiss,
  type DisaggOptions,
  type DisaggPoint,
  type DisaggResult,
  type SideUse,
  type Slowdowns,
} from "./planners/disagg.js";
export {
  disaggConstant,
  type DisaggConstantOptions,
  type DisaggConstantPoint,
  type DisaggConstantResult,
  type DisaggWorker,
} from "./planners/disagg/constant-method.js";
export type { TpotOver, TtftAt } from "./planners/disagg/latency-objective.js";
export { type DisaggExplanation, explainDisagg, type ExplainDisaggOptions } from "./planners/disagg/explain.js";
export { disaggExplainReport } from "./reports/disagg-explain-report.js";
export type { HandoverChoice, LinkInput } from "./planners/disagg/pair-fleet.js";
export type { AggregatedFleet } from "./planners/disagg/constant-aggregated.js";
export { disaggCompat, type DisaggCompatOptions } from "./planners/disagg-compat.js";
export { drawnSource, type DrawnSourceOptions } from "./planners/drawn-source.js";
export type { DrawnArrivals, DrawnRequests } from "./planners/feed.js";
export type {
  FleetSummary,
  FleetTotals,
  PlayedRequests,
  PoolDetail,
  PoolTotals,
  RequestStream,
} from "./planners/fleet-summary.js";
export { generate, type GeneratedSummary, type GeneratedTrace, type GenerateOptions } from "./planners/generate.js";
export { gridFlex, type GridFlexOptions, type GridFlexResult, type GridFlexRow } from "./planners/grid-flex.js";
export { gridFlexCompat, type GridFlexCompatOptions, type GridFlexCompatRow } from "./planners/grid-flex-compat.js";
export { inspect, type InspectOptions, type InspectResult } from "./planners/inspect.js";
export { queue, type QueueOptions, type QueueResult, type QueueSimulationOptions } from "./planners/queue.js";
export type { Measured, SimulatedQueue } from "./planners/queue-simulation.js";
export { replay, type ReplayOptions, type ReplayRequests, type ReplayResult } from "./planners/replay.js";
export {
  type FleetSource,
  replayTrace,
  type ReplayTraceOptions,
  type ReplayTraceResult,
} from "./planners/replay-trace.js";
export { type OpenedRequests, openRequests } from "./planners/open-requests.js";
export { DEFAULT_DRAWN_REQUESTS, type DrawOptions, type RequestOptions } from "./planners/request-options.js";
export type { NamedBytes, TraceInput } from "./planners/trace-input.js";
export type { TraceChanges, TraceSummary } from "./planners/trace-summary.js";
export { simulate, type SimulateOptions, type SimulateResult, type SimulationOptions } from "./planners/simulate.js";
export {
  DEFAULT_RATE_RPS,
  openPlanningRequests,
  type PlanningInput,
  type PlanningRate,
  type PlanningRequests,
  type PlanningRuns,
  type PlanningSource,
  type PlanningTraceOptions,
} from "./planners/planning-requests.js";
export { plan, type PlanOptions, type PlanResult } from "./planners/plan.js";
export {
  type Effort,
  EFFORTS,
  optimize,
  type OptimizeOptions,
  type OptimizeResult,
  type OptimizeRow,
} from "./planners/optimize.js";
export {
  optimizeCompat,
  type OptimizeCompatOptions,
  type OptimizeCompatResult,
  type OptimizeCompatRow,
} from "./planners/optimize-compat.js";
export type { FleetRow, FleetTotalsRow } from "./planners/sizing/fleet-row.js";
export type { SimulatedPool, SizedPool, TriedPool } from "./planners/sizing/sized-pool.js";
export type { PoolInput, ReplicaInput, ReplicaOption } from "./planners/sizing/replica-option.js";
export { type ReplicaChoice, replicaOptions } from "./planners/sizing/replica-options.js";
export type { GpuChoice, ModelChoice } from "./planners/sizing/named-facts.js";
export type { EveryGpu } from "./planners/sizing/every-gpu.js";
export { parseReplica, readReplicaFile } from "./planners/sizing/replica-file.js";
export { pareto, type ParetoOptions, type ParetoResult } from "./planners/pareto.js";
export { paretoCompat, type ParetoCompatOptions } from "./planners/pareto-compat.js";
export { type CostAndLatency, paretoFront } from "./planners/pareto-front.js";
export type { ParetoRow } from "./planners/pareto-row.js";
export type { PoolKinds, ReplicaKinds } from "./planners/sizing/replica-kinds.js";
export type { FreshCheck } from "./planners/sizing/fresh-check.js";
export type { NearestMiss, Refusal } from "./planners/sizing/nearest-miss.js";
export type { SizingGoal } from "./planners/sizing/objective.js";
export type { SizingOptions } from "./planners/sizing/open-problem.js";
export type { TwoPoolKeys } from "./planners/sizing/two-pool-keys.js";
export {
  type FleetWatts,
  tokensPerWatt,
  type TokensPerWattOptions,
  type TokensPerWattResult,
  twoPoolTokensPerWatt,
  type TwoPoolTokensPerWattOptions,
  type TwoPoolTokensPerWattResult,
  type WattFacts,
} from "./planners/tok-per-watt.js";
export {
  tokensPerWattCompat,
  type TokensPerWattCompatOptions,
  twoPoolTokensPerWattCompat,
} from "./planners/tok-per-watt-compat.js";
export type { WattRow } from "./planners/tok-per-watt-row.js";
export {
  whatif,
  type WhatifFacts,
  type WhatifFleet,
  type WhatifGpu,
  whatifGpus,
  type WhatifGpusOptions,
  type WhatifGpusResult,
  type WhatifGpusRow,
  type WhatifOptions,
  type WhatifResult,
  type WhatifRow,
} from "./planners/whatif.js";
export { whatifCompat, type WhatifCompatOptions, whatifGpusCompat } from "./planners/whatif-compat.js";
export type { WhatifFleetOptions } from "./planners/whatif-fleets.js";
export { type PoolStream, simulateFleet, type SimulateFleetOptions } from "./planners/simulate-fleet.js";
export type { RequestContent, ScalableRequestOptions, ScalableRequests } from "./planners/capacity-requests.js";
export type { LimitedTime, RequestLimit } from "./planners/capacity-tally.js";
export type { TraceChangeOptions } from "./planners/change-trace.js";
export type { PowerLaw } from "./planners/power-cap.js";
export type { SharedPrefixes } from "./planners/prefix-plan.js";
export type { DecodeEfficiency, PowerFigures, PrefillFigure } from "./planners/profile-figures.js";
export type { NearestFit } from "./planners/profile-fit.js";

export { pythonErlangC } from "./queueing/python/erlang-c.js";
export { pythonMinGpus, type PythonPoolLoad } from "./queueing/python/min-gpus.js";
export { pythonP99WaitS } from "./queueing/python/p99-wait.js";
export type { PythonConstants, PythonReplica } from "./profiles/python/builder.js";
export { pythonProfile, type PythonComputedProfile } from "./profiles/python/computed.js";
export {
  PYTHON_HARDWARE,
  pythonFreeVramBytes,
  pythonHardware,
  type PythonHardware,
} from "./profiles/python/hardware.js";
export { pythonGpu, pythonManualProfile, type PythonManualProfile } from "./profiles/python/manual.js";
export { pythonModelFromConfig } from "./profiles/python/model-config.js";
export type { PythonModel } from "./profiles/python/model-shape.js";
export { PYTHON_MODELS, pythonModel } from "./profiles/python/models.js";
export type { PythonProfile } from "./profiles/python/profile.js";
export { PYTHON_SERVING, type PythonServing } from "./profiles/python/serving.js";
export {
  PYTHON_H100_AVAILABILITY,
  PYTHON_RSC1_FAST,
  PYTHON_RSC1_SLOW,
  pythonNodeAvailability,
} from "./planners/python/availability.js";
export { pythonCalibrate, type PythonCalibration, type PythonPool } from "./planners/python/calibrate.js";
export {
  pythonDisagg,
  pythonDisaggLengths,
  pythonDisaggOptimize,
  pythonDisaggSweep,
  type PythonDisagg,
  type PythonDisaggOptions,
  type PythonDisaggPoint,
} from "./planners/python/disagg.js";
export {
  pythonFleetTokensPerWatt,
  pythonTwoPoolTokensPerWatt,
  type PythonFleetWattReport,
  type PythonFleetWatts,
  type PythonTwoPoolWattOptions,
  type PythonTwoPoolWatts,
} from "./planners/python/fleet-tokens-per-watt.js";
export { pythonGridFlex, type PythonGridFlexOptions, type PythonGridFlexRow } from "./planners/python/grid-flex.js";
export { pythonSplitCdf, type PythonCdfSplit } from "./planners/python/split-cdf.js";
export { pythonBest, pythonGammas, pythonSweep, pythonSweepOut, type PythonSweepRow } from "./planners/python/sweep.js";
export {
  pythonThresholdPareto,
  type PythonThresholdPareto,
  type PythonThresholdRow,
} from "./planners/python/threshold-pareto.js";
export {
  pythonTokensPerWatt,
  pythonWattRow,
  type PythonPowerQuality,
  type PythonWattPool,
  type PythonWattRow,
} from "./planners/python/tokens-per-watt.js";
export type { PythonTwoPools } from "./planners/python/two-pools.js";
export {
  pythonWhatif,
  pythonWhatifCompare,
  type PythonWhatifComparison,
  type PythonWhatifGpu,
  type PythonWhatifRow,
} from "./planners/python/whatif.js";

export {
  factsBlock,
  latencyFrontier,
  type LatencyFrontier,
  listBlock,
  textBlock,
  verdict,
} from "./reports/html/blocks.js";
export { htmlPage } from "./reports/html/html-page.js";
export type {
  Axis,
  BarsChart,
  Block,
  Chart,
  DistributionChart,
  FactsBlock,
  FiguresBlock,
  FrontierChart,
  FrontierPoint,
  IntervalsChart,
  Limit,
  LinesChart,
  ListBlock,
  Page,
  Pointer,
  Section,
  Series,
  TableBlock,
  TableRow,
  TextBlock,
  Tone,
  Value,
  Verdict,
} from "./reports/html/page-spec.js";
export { pointer } from "./reports/html/pointer.js";
export { replayPage } from "./reports/html/replay-page.js";
export { capacityPage } from "./reports/html/capacity-page.js";
export { capacitySweepPage } from "./reports/html/capacity-sweep-page.js";
export { disaggConstantPage } from "./reports/html/disagg-constant-page.js";
export { disaggPage } from "./reports/html/disagg-page.js";
export { gridFlexPage } from "./reports/html/grid-flex-page.js";
export { optimizePage } from "./reports/html/optimize-page.js";
export { paretoPage } from "./reports/html/pareto-page.js";
export { planPage } from "./reports/html/plan-page.js";
export { routersPage } from "./reports/html/routers-page.js";
export { simulatePage } from "./reports/html/simulate-page.js";
export { fleetWattsPage, wattsPage } from "./reports/html/watts-page.js";
export { whatifGpusPage, whatifPage } from "./reports/html/whatif-page.js";
export { PER_REQUEST_COLUMNS, PerRequestCsv } from "./reports/per-request-csv.js";
