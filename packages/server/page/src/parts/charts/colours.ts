/** The colour that a custom property has at an element. */
export type ColourReader = (property: string) => string;

/** Reads colours for a canvas, which knows nothing of style sheets. */
export function colourReader(element: Element): ColourReader {
  const style = getComputedStyle(element);
  return (property) => style.getPropertyValue(property).trim();
}
