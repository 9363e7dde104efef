import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // These need a browser: `npx vitest run --config test/browser/vitest.config.ts`.
    exclude: ["test/browser/**", "**/node_modules/**"],
    // Reports are tested as text: whether a terminal, or a CI, would see colours must make no difference.
    env: { NO_COLOR: "1" },
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
