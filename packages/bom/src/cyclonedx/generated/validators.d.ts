/** One violation, as the generated code reports it. */
export interface SchemaError {
  readonly instancePath: string
  readonly keyword: string
  readonly params: Readonly<Record<string, unknown>>
}

/** Whether `data` is valid; all violations of the latest call are in `errors`. */
export interface SchemaValidator {
  (data: unknown): boolean
  readonly errors?: readonly SchemaError[] | null
}

export declare const validateBom16: SchemaValidator
export declare const validateBom17: SchemaValidator
