/**
 * One list of labels and one of categories for several sources.
 */
import { NameTable } from "../rows/names.js";
import { InputError } from "../../../specs/input-error.js";
import type { RequestChunk, RequestSource } from "../../requests.js";

const MOST_LABELS = 65535;
const MOST_CATEGORIES = 64;

export class NameMerge {
  private readonly labelTable = new NameTable(MOST_LABELS);
  private readonly categoryTable = new NameTable(MOST_CATEGORIES);

  get labels(): readonly string[] {
    return this.labelTable.names;
  }

  get categories(): readonly string[] {
    return this.categoryTable.names;
  }

  /** Adds a source. What it returns gives the rows of a chunk of that source the common numbers, in place. */
  add(source: RequestSource): (chunk: RequestChunk) => void {
    const labels: number[] = [];
    const categories: number[] = [];
    return (chunk) => {
      for (let i = labels.length; i < source.labels.length; i++) labels.push(this.labelOf(source.labels[i]!));
      for (let i = categories.length; i < source.categories.length; i++) {
        // As everywhere, categories beyond the 64th count as none.
        categories.push(Math.max(0, this.categoryTable.ofText(source.categories[i]!)));
      }
      for (let row = 0; row < chunk.count; row++) {
        chunk.label[row] = labels[chunk.label[row]!]!;
        chunk.category[row] = categories[chunk.category[row]!]!;
      }
    };
  }

  private labelOf(name: string): number {
    const number = this.labelTable.ofText(name);
    if (number < 0) throw new InputError("the sources together have more than 65,534 labels.");
    return number;
  }
}
