export function slope(points: readonly { readonly at: number; readonly value: number }[]): number;
export function warm<T>(samples: readonly T[]): T[];
