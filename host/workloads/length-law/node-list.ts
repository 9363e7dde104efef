/** Lengths with weights, as columns of equal length. */
export interface LengthNodes {
  /** Prompt tokens; not always whole. */
  input: Float64Array;
  /** Generated tokens; not always whole. */
  output: Float64Array;
  /** Share of all requests that the node stands for; all above 0. */
  weight: Float64Array;
}

/** Columns of nodes that grow. */
export class NodeList {
  private input = new Float64Array(1024);
  private output = new Float64Array(1024);
  private weight = new Float64Array(1024);
  private count = 0;

  add(input: number, output: number, weight: number): void {
    if (!(weight > 0)) return;
    if (this.count === this.weight.length) this.grow();
    this.input[this.count] = input;
    this.output[this.count] = output;
    this.weight[this.count] = weight;
    this.count++;
  }

  /** The columns, cut to length: views, valid until the next node is added. */
  columns(): LengthNodes {
    return {
      input: this.input.subarray(0, this.count),
      output: this.output.subarray(0, this.count),
      weight: this.weight.subarray(0, this.count),
    };
  }

  private grow(): void {
    const larger = (column: Float64Array) => {
      const next = new Float64Array(2 * column.length);
      next.set(column);
      return next;
    };
    this.input = larger(this.input);
    this.output = larger(this.output);
    this.weight = larger(this.weight);
  }
}
