/** The two numbers that go with an ERROR_ code. */
export class Fault {
  a: f64 = 0;
  b: f64 = 0;

  of(code: i32, a: f64, b: f64): i32 {
    this.a = a;
    this.b = b;
    return code;
  }
}
