/** Fails a wait that takes too long, so that a test names what it waited for instead of timing out. */
export async function within<T>(what: string, promise: Promise<T>, millis = 40_000): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`waited ${millis} ms for ${what}`)), millis);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Polls until a condition holds. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  millis = 40_000,
): Promise<void> {
  const end = performance.now() + millis;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`waited ${millis} ms until ${what}`);
    await new Promise((resolve) => {
      setTimeout(resolve, 20);
    });
  }
}
