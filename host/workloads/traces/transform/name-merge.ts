/**
 * One list of labels and one of categories for several sources.
 */
import { NameTable } from "../rows/names.js";
import { InputError } from "../../../specs/input-error.js";
import type { RequestSource } from "../../requests.js";

const MOST_LABELS = 65535;
const MOST_CATEGORIES = 64;

/** The common numbers of one source's labels and categories. */
export interface CommonNames {
  /** Common label by label of the source. */
  readonly labels: readonly number[];
  /** Common category by category of the source. */
  readonly categories: readonly number[];
  /** Takes in the names that the source has met since; to be called for each of its chunks. */
  update(): void;
}

export class NameMerge {
  private readonly labelTable = new NameTable(MOST_LABELS);
  private readonly categoryTable = new NameTable(MOST_CATEGORIES);

  get labels(): readonly string[] {
    return this.labelTable.names;
  }

  get categories(): readonly string[] {
    return this.categoryTable.names;
  }

  /** Adds a source with the names it has by now. @throws InputError also from `update`: the sources together have more than 65,534 labels. */
  add(source: RequestSource): CommonNames {
    const labels: number[] = [];
    const categories: number[] = [];
    const update = () => {
      for (const name of source.labels.slice(labels.length)) labels.push(this.labelOf(name));
      // As everywhere, categories beyond the 64th count as none.
      for (const name of source.categories.slice(categories.length)) {
        categories.push(Math.max(0, this.categoryTable.ofText(name)));
      }
    };
    update();
    return { labels, categories, update };
  }

  private labelOf(name: string): number {
    const number = this.labelTable.ofText(name);
    if (number < 0)
      throw new InputError(`label ${JSON.stringify(name.slice(0, 80))}: the sources together have too many labels.`);
    return number;
  }
}
