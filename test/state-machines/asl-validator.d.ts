/** asl-validator's types do not resolve under nodenext. */
declare module 'asl-validator' {
  export default function aslValidator(
    definition: object,
    options?: { checkArn?: boolean; checkPaths?: boolean },
  ): { isValid: boolean; errorsText(separator?: string): string }
}
