/** The descriptors of files that this copy of the library has open in this thread: they hold no lock of the application. */
const own = new Set<number>();

export function noteOwnDescriptor(descriptor: number): void {
  own.add(descriptor);
}

/** To be called before it is closed: its number may be the application's right after that. */
export function forgetOwnDescriptor(descriptor: number): void {
  own.delete(descriptor);
}

export function isOwnDescriptor(descriptor: number): boolean {
  return own.has(descriptor);
}
