/**
 * One forward stage of GPT-3 175B training in bf16 at locked clocks: MHz, s, J. Nearly all of its time is matrix products. Perseus (Chung et al., SOSP 2024, arXiv:2312.06902), data of its artifact:
 * github.com/ml-energy/zeus, sosp24_data/emulation/stage_profile (Apache-2.0). Above the clocks listed the power limit of the GPU holds, and time no longer falls with the clock.
 */
export const STAGE_AT_CLOCKS = {
  a100: [
    [1350, 0.050741, 23.1238],
    [1320, 0.051578, 22.5045],
    [1260, 0.053566, 20.7942],
    [1200, 0.056063, 19.2601],
    [1140, 0.058891, 18.3589],
    [1080, 0.062039, 17.5131],
    [1020, 0.065506, 17.583],
    [960, 0.06945, 17.8553],
    [900, 0.073759, 18.0479],
    [855, 0.077731, 18.2394],
  ],
  a40: [
    [1455, 0.113788, 33.8173],
    [1395, 0.115326, 32.4693],
    [1335, 0.118497, 30.8593],
    [1275, 0.12221, 29.3817],
    [1200, 0.127391, 28.4911],
    [1140, 0.132055, 27.585],
    [1080, 0.137306, 27.4272],
    [1020, 0.142333, 27.6954],
    [960, 0.14946, 28.0843],
    [900, 0.157631, 28.7263],
    [855, 0.164405, 29.0529],
  ],
} as const;
