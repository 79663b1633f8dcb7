// The text of the page.
export function greet(greeting: string, cf: Partial<IncomingRequestCfProperties> | undefined, visits: number): string {
  const place = cf?.city ?? cf?.country ?? 'stranger';
  return `${greeting}, ${place}! Visit number ${visits}.\n`;
}
