import { createGzip, type Gzip } from "node:zlib";
import type { ResultRows } from "../core/simulation.js";
import { PerRequestCsv } from "../reports/per-request-csv.js";
import type { FleetSpec } from "../specs/fleet-spec.js";
import { isStaged } from "../specs/pool-stage.js";
import { WholeFile } from "./whole-file.js";

/** The file of `--per-request`: written as the run goes on, there whole or not at all; compressed if its name ends in `.gz`. */
export class PerRequestFile {
  private readonly csv: PerRequestCsv;
  private readonly gzip: Gzip | undefined;
  private compressed: Buffer[] = [];

  private constructor(
    private readonly file: WholeFile,
    poolIds: readonly string[],
    isGzip: boolean,
  ) {
    this.csv = new PerRequestCsv(poolIds);
    // Speed over size: at the default level compression would take longer than the simulation.
    this.gzip = isGzip ? createGzip({ level: 1 }) : undefined;
    this.gzip?.on("data", (bytes: Buffer) => this.compressed.push(bytes));
  }

  /** @throws InputError if there can be no such file. */
  static async create(path: string, fleet: FleetSpec): Promise<PerRequestFile> {
    const poolIds = fleet.pools.map(({ id }) => id);
    const created = new PerRequestFile(await WholeFile.create(path), poolIds, path.endsWith(".gz"));
    await created.write(PerRequestCsv.header(isStaged(fleet)));
    return created;
  }

  async add(rows: ResultRows): Promise<void> {
    if (rows.count > 0) await this.write(this.csv.encode(rows));
  }

  /** Puts the file in its place. */
  async commit(): Promise<void> {
    const { gzip } = this;
    if (gzip) {
      await new Promise<void>((resolve) => gzip.once("end", resolve).end());
      await this.passOn();
    }
    await this.file.commit();
  }

  /** Leaves nothing behind; to be called after an error. */
  async discard(): Promise<void> {
    this.gzip?.destroy();
    await this.file.discard();
  }

  private async write(bytes: Uint8Array): Promise<void> {
    const { gzip } = this;
    if (!gzip) return this.file.write(bytes);
    await new Promise<void>((resolve, reject) => {
      gzip.write(bytes, (error) => (error ? reject(error) : resolve()));
    });
    await this.passOn();
  }

  private async passOn(): Promise<void> {
    const compressed = this.compressed;
    this.compressed = [];
    for (const bytes of compressed) await this.file.write(bytes);
  }
}
