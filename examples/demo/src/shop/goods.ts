/** Something to buy. */
export interface Product {
  readonly id: number;
  readonly name: string;
  readonly category: string;
  readonly price: number;
  readonly inStock: boolean;
}

const CATEGORIES = ['tea', 'coffee', 'cups', 'kettles'];

/** What the shop sells. */
export const PRODUCTS: readonly Product[] = Array.from({ length: 48 }, (_, index) => {
  const category = CATEGORIES[index % CATEGORIES.length] ?? 'tea';
  return {
    id: index + 1,
    name: `${category} no. ${index + 1}`,
    category,
    price: Math.round(350 + ((index * 7919) % 4200)) / 100,
    inStock: index % 7 !== 3,
  };
});
