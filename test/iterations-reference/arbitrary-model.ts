/** Random iteration models: whole units of time so that ends meet arrivals, no time at all, crossings, and plain doubles. */
import fc from "fast-check";
import type { AffineModel, IterationModel, TableModel } from "../../host/profiles/iteration-model.js";

/** Times are drawn in units and scaled when the case is put together. */
const wholeUnits = fc.constantFrom(0, 0, 0.125, 0.5, 1, 1, 2, 3);

const anyUnits = fc.oneof(
  { weight: 3, arbitrary: wholeUnits },
  { weight: 1, arbitrary: fc.double({ min: 0, max: 3, noNaN: true }) },
);

const smallUnits = fc.oneof(
  { weight: 4, arbitrary: fc.constant(0) },
  { weight: 2, arbitrary: fc.constantFrom(0.0625, 0.125, 0.25) },
  { weight: 1, arbitrary: fc.double({ min: 0, max: 0.2, noNaN: true }) },
  { weight: 1, arbitrary: fc.constantFrom(1e-6, 1e-4) },
);

/** Rising whole numbers. */
const axis = (first: number, most: number) =>
  fc
    .record({
      first: fc.integer({ min: 0, max: 4 }),
      gaps: fc.array(fc.integer({ min: 1, max: most }), { maxLength: 4 }),
    })
    .map((draw) => {
      const knots = [first + draw.first];
      for (const gap of draw.gaps) knots.push(knots.at(-1)! + gap);
      return knots;
    });

type AffineDraw = Omit<AffineModel, "type">;

const affineDraw: fc.Arbitrary<AffineDraw> = fc.record({
  knots: axis(0, 12).chain((tokens) =>
    fc
      .array(fc.record({ compute: anyUnits, memory: anyUnits, other: fc.oneof(fc.constant(0), anyUnits) }), {
        minLength: tokens.length,
        maxLength: tokens.length,
      })
      .map((values) => tokens.map((knot, i) => ({ tokens: knot, ...values[i]! }))),
  ),
  tokenGranularity: fc.constantFrom(1, 1, 1, 2, 3, 8, 64),
  computePerContext: smallUnits,
  computePerWork: smallUnits,
  memoryPerContext: smallUnits,
  memoryPerProcessed: smallUnits,
  otherPerSequence: smallUnits,
});

function fitAffine(draw: AffineDraw, unitS: number): AffineModel {
  return {
    type: "affine",
    knots: draw.knots.map(({ tokens, compute, memory, other }) => ({
      tokens,
      compute: compute * unitS,
      memory: memory * unitS,
      other: other * unitS,
    })),
    tokenGranularity: draw.tokenGranularity,
    computePerContext: draw.computePerContext * unitS,
    computePerWork: draw.computePerWork * unitS,
    memoryPerContext: draw.memoryPerContext * unitS,
    memoryPerProcessed: draw.memoryPerProcessed * unitS,
    otherPerSequence: draw.otherPerSequence * unitS,
  };
}

/** Every iteration takes the same whole number of units. */
const constantModel: fc.Arbitrary<AffineDraw> = fc.constantFrom(0, 0.125, 0.5, 1, 1, 2).map((other) => ({
  knots: [{ tokens: 0, compute: 0, memory: 0, other }],
  tokenGranularity: 1,
  computePerContext: 0,
  computePerWork: 0,
  memoryPerContext: 0,
  memoryPerProcessed: 0,
  otherPerSequence: 0,
}));

/** Memory leads while contexts are short, arithmetic later; they cross inside a request. */
const crossingModel: fc.Arbitrary<AffineDraw> = fc
  .record({ memory: fc.integer({ min: 1, max: 12 }), perContext: fc.constantFrom(0.0625, 0.125, 0.5) })
  .map(({ memory, perContext }) => ({
    knots: [
      { tokens: 0, compute: 0, memory, other: 0.125 },
      { tokens: 4, compute: 0.5, memory, other: 0.125 },
    ],
    tokenGranularity: 1,
    computePerContext: perContext,
    computePerWork: perContext / 4,
    memoryPerContext: perContext / 16,
    memoryPerProcessed: perContext / 8,
    otherPerSequence: 0,
  }));

/** Table times stay far from 0 so that a rounded slope cannot take a time below it. */
const tableUnits = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(0.125, 0.5, 1, 2, 3) },
  { weight: 1, arbitrary: fc.double({ min: 0.05, max: 3, noNaN: true }) },
);

/** Times over two axes, `rows` first. */
interface Grid {
  rows: number[];
  context: number[];
  seconds: number[][];
}

const grid = (rowKnots: fc.Arbitrary<number[]>, contextKnots: fc.Arbitrary<number[]>): fc.Arbitrary<Grid> =>
  fc.tuple(rowKnots, contextKnots).chain(([rows, context]) => {
    const row = fc.array(tableUnits, { minLength: context.length, maxLength: context.length });
    return fc
      .array(row, { minLength: rows.length, maxLength: rows.length })
      .map((seconds) => ({ rows, context, seconds }));
  });

interface TableDraw {
  decode: Grid;
  prefill: Grid;
  fixed: number;
}

const tableDraw: fc.Arbitrary<TableDraw> = fc.record({
  decode: grid(axis(1, 4), axis(0, 24)),
  prefill: grid(axis(1, 24), axis(0, 24)),
  fixed: fc.constantFrom(0, 0.125, 1, 5),
});

/** Beyond its knots a table rises by its last slope along both axes: longer units could make an iteration of hours. */
const LONGEST_TABLE_UNIT_S = 0.001;

function fitTable({ decode, prefill, fixed }: TableDraw, anyUnitS: number): TableModel {
  const unitS = Math.min(anyUnitS, LONGEST_TABLE_UNIT_S);
  const scaled = ({ seconds }: Grid) => seconds.map((row) => row.map((value) => value * unitS));
  return {
    type: "table",
    decode: { batch: decode.rows, context: decode.context, seconds: scaled(decode) },
    prefill: { tokens: prefill.rows, context: prefill.context, seconds: scaled(prefill) },
    fixed: fixed * unitS,
  };
}

/** A model whose times are in units until {@link fitModel}. */
export type ModelDraw = { type: "affine"; affine: AffineDraw } | { type: "table"; table: TableDraw };

export const modelDraw: fc.Arbitrary<ModelDraw> = fc.oneof(
  { weight: 3, arbitrary: constantModel.map((affine) => ({ type: "affine" as const, affine })) },
  { weight: 3, arbitrary: affineDraw.map((affine) => ({ type: "affine" as const, affine })) },
  { weight: 1, arbitrary: crossingModel.map((affine) => ({ type: "affine" as const, affine })) },
  { weight: 2, arbitrary: tableDraw.map((table) => ({ type: "table" as const, table })) },
);

export function fitModel(draw: ModelDraw, unitS: number): IterationModel {
  return draw.type === "affine" ? fitAffine(draw.affine, unitS) : fitTable(draw.table, unitS);
}

/** Least unit of time of {@link fitLongModel}, s. */
const LONG_UNIT_S = 32e-9;

/**
 * {@link fitModel}, but every iteration takes more than a tick: within a tick the order among several lanes is not defined. A table's least time is 0.05
 * units; what may vanish in an affine model gets 0.125 units a sequence.
 */
export function fitLongModel(draw: ModelDraw, unitS: number): IterationModel {
  const longUnitS = Math.max(unitS, LONG_UNIT_S);
  if (draw.type === "table") return fitTable(draw.table, longUnitS);
  const [knot, ...others] = draw.affine.knots;
  if (others.length === 0 && knot!.other >= 0.125) return fitAffine(draw.affine, longUnitS);
  return fitAffine({ ...draw.affine, otherPerSequence: draw.affine.otherPerSequence + 0.125 }, longUnitS);
}
